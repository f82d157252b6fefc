/// A number of a constant database: four bytes, low byte first (cdb(5)).
func unpack(_ bytes: ArraySlice<UInt8>, at place: Int) -> Int {
    Int(bytes[place]) | Int(bytes[place + 1]) << 8 | Int(bytes[place + 2]) << 16 | Int(bytes[place + 3]) << 24
}
