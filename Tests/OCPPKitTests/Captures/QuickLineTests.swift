import Foundation
import Testing

@testable import OCPPKit

/// Lines that are read quickly give what a closer look at them gives.
@Suite("Lines that are read quickly")
struct QuickLineTests {
    /// A line with an ampersand is always looked at closely, and nothing else is different about it where no frame is cut
    /// before it.
    private func check(_ line: String) -> Int {
        let (quick, close) = (records(line), records(line + " &"))
        #expect(quick == close, "\(line)")
        return quick.count
    }

    private func records(_ line: String) -> [String] {
        readLog(line).map { item in
            var writer = JSONWriter()
            item.write(to: &writer)
            return writer.text
        }
    }

    @Test(
        arguments: [
            #"[2,"1","Heartbeat",{}]"#, #"CP1 recv: [2,"1","Heartbeat",{}]"#, #"[ 2 , "1" , "Heartbeat" , { } ] "#,
            #"2026-03-01T08:00:00Z INFO [pool-1] CP1 < [2,"1","Authorize",{"idTag":"A"}]"#,
            #"[worker-07] CP1: [3,"1",{}]"#, #"[3,"1",{}]"#, #"[4,"1","GenericError","",{}]"#, #"[5,"1",{}]"#,
            #"[2,"1","Heartbeat",{}] [3,"1",{}]"#, #"[2,"1","DataTransfer",{"vendorId":"[2,\"1\",\"Reset\",{}]"}]"#,
            #"'[2,"1","Heartbeat",{}]"#, #"b'[2,"1","Heartbeat",{}]'"#, #""[2,""1"",""Heartbeat"",{}]""#,
            #"[2,"1","Heartbeat"]"#, #"[2,"1","Heartbeat",{}]]"#, #"[2,1,"Heartbeat",{}]"#,
            #"{"a":[2,"1","Heartbeat",{}]}"#, #"[1,2,3]"#, #"[[2,"1","Heartbeat",{}]]"#, "nothing", "", "[", "{",
            #"2026-03-01T08:00:00Z stdout F [2,"1","Heartbeat",{}]"#, "\u{1B}[32m[2,\"1\",\"Heartbeat\",{}]\u{1B}[0m",
            "\u{FEFF}[2,\"1\",\"Heartbeat\",{}]", #"x {} [2,"1","Heartbeat",{}]"#, #"[2,"1","Heartbeat",null]"#,
            #"from CP1 [[2,"1","Heartbeat",{}]"#, #"[2] [2,"1","Heartbeat",{}]"#, #"[,[2,"1","Heartbeat",{}]"#,
            #"[7,"1","x"] [2,"1","Heartbeat",{}]"#, #"[2,"é","Heartbeat",{}]"#,
        ])
    func givesTheSame(line: String) { _ = check(line) }

    @Test("Every line of the captured logs", .enabled(if: LogCorpus.hasCaptures, "no captures beside the repository"))
    func captures() throws {
        var found = 0
        for name in LogCorpus.names(in: LogCorpus.captures) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: LogCorpus.captures + "/" + name))
            for line in bytes.split(separator: 0x0A)
            where line.suffix(2) == Data("}]".utf8) && line.first != UInt8(ascii: "{") {
                found += check(String(decoding: line, as: UTF8.self))
            }
        }
        #expect(found > 50)
    }
}
