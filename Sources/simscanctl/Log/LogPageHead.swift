extension LogPage {
    /// The page's head with its style; the policy forbids everything that is not in the page itself.
    static let head = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
        <link rel="icon" href="data:,">
        <title>simscan: report</title>
        <style>
        :root { --page: #f5f6f8; --card: #fff; --text: #1a1d23; --soft: #5d6470; --line: #e2e5ea; --bar: #dfe7f3;
          --accent: #3565b0; --passed: #3f8f6b; --spam-passed: #b9b04a; --spam: #dd9a2f; --virus: #c8453b;
          --blocked: #8a5fb5; --deferred: #6b7480; }
        @media (prefers-color-scheme: dark) {
          :root { --page: #14161a; --card: #1d2026; --text: #e8eaee; --soft: #9aa2af; --line: #2e333c; --bar: #2b3a52;
            --accent: #7ea6e8; --passed: #56b088; --spam-passed: #d0c862; --spam: #e8ab4c; --virus: #e8675c;
            --blocked: #ab86d4; --deferred: #939ca9; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
        header, main, footer { max-width: 1100px; margin: 0 auto; padding: 0 16px; }
        header { padding-top: 20px; }
        h1 { font-size: 22px; margin: 0; }
        h2 { font-size: 15px; margin: 0 0 8px; }
        p { margin: 2px 0 12px; color: var(--soft); }
        /* The sum has a row of its own, so that the six others fill theirs at every width. */
        .tiles { display: grid; grid-template-columns: repeat(6, 1fr); gap: 10px; }
        .tile:first-child { grid-column: 1 / -1; display: flex; align-items: baseline; gap: 8px; }
        @media (max-width: 860px) { .tiles { grid-template-columns: repeat(3, 1fr); } }
        @media (max-width: 460px) { .tiles { grid-template-columns: repeat(2, 1fr); } }
        .tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px; }
        .tile b { display: block; font-size: 22px; font-variant-numeric: tabular-nums; }
        .tile span { color: var(--soft); font-size: 13px; }
        .tile em { display: block; font-style: normal; color: var(--soft); font-size: 12px; }
        .k { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 5px; }
        .card { margin-top: 12px; min-width: 0; }
        .grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr)); gap: 0 12px;
          align-items: start; margin-bottom: 16px; }
        .plot { display: block; width: 100%; height: 180px; border-bottom: 1px solid var(--line);
          border-top: 1px dashed var(--line); }
        .axis { display: flex; justify-content: space-between; margin: 2px 0; font-size: 12px; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 14px; }
        th { text-align: left; color: var(--soft); font-weight: 500; font-size: 12px; }
        td, th { padding: 4px 8px 4px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
        tr:last-child td { border-bottom: 0; }
        .n { text-align: right; font-variant-numeric: tabular-nums; }
        .dist { width: 30%; min-width: 130px; padding-right: 0; padding-left: 8px; }
        /* Where it would have to be scrolled to, the percentiles say it. */
        @media (max-width: 560px) { .dist { display: none; } }
        .bins { display: block; width: 100%; height: 26px; }
        .bins rect { fill: var(--accent); }
        .list { table-layout: fixed; }
        .list .n { width: 84px; padding-right: 0; }
        .name { position: relative; overflow: hidden; }
        .name span { position: relative; display: block; padding-left: 6px; overflow-wrap: anywhere;
          white-space: normal; }
        .bar { position: absolute; left: 0; top: 2px; width: 100%; height: calc(100% - 4px); }
        .bar rect { fill: var(--bar); }
        .others { color: var(--soft); }
        rect.passed { fill: var(--passed); } i.passed { background: var(--passed); }
        rect.spam_passed { fill: var(--spam-passed); } i.spam_passed { background: var(--spam-passed); }
        rect.spam { fill: var(--spam); } i.spam { background: var(--spam); }
        rect.virus { fill: var(--virus); } i.virus { background: var(--virus); }
        rect.blocked { fill: var(--blocked); } i.blocked { background: var(--blocked); }
        rect.deferred { fill: var(--deferred); } i.deferred { background: var(--deferred); }
        </style>
        </head>
        <body>

        """
}
