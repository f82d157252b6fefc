import CStart
import SimscanNative
