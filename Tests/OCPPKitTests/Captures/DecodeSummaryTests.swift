import OCPPKit
import Testing

@Suite struct DecodeSummaryTests {
    @Test("Counts, times and response times")
    func summary() {
        let log = """
            2025-03-01T08:00:00.000Z cp1 > [2,"1","Heartbeat",{"a":1}]
            2025-03-01T08:00:00.040Z cp1 < [3,"1",{"currentTime":"2025-03-01T08:00:00Z"}]
            2025-03-01T08:00:01.000Z cp2 > [2,"1","Heartbeat",{}]
            2025-03-01T08:00:01.000Z cp2 < [4,"9","GenericError","",{}]
            2025-03-01T08:00:02.000Z cp2 < [3,"1
            """
        var reader = LogReader()
        var summary = DecodeSummary()
        reader.open("-")
        reader.read(Array(log.utf8)) { summary.add($0) }
        reader.close { summary.add($0) }
        var writer = JSONWriter()
        summary.write(to: &writer, unansweredCalls: reader.unansweredCalls, orphanResults: reader.orphanResults)
        #expect(
            writer.text == """
                {"record":"summary","frames":4,"calls":2,"results":1,"errors":1,"unreadable":1,"actions":{"Heartbeat":2},\
                "violations":{"unknownProperty":1},"unansweredCalls":1,"orphanResults":1,"chargePoints":2,\
                "firstTimestamp":"2025-03-01T08:00:00.000Z","lastTimestamp":"2025-03-01T08:00:01.000Z",\
                "responseMilliseconds":{"p50":40,"p99":40,"max":40}}

                """)
    }

    @Test("What is not known is null")
    func empty() {
        var writer = JSONWriter()
        DecodeSummary().write(to: &writer, unansweredCalls: 0, orphanResults: 0)
        #expect(writer.text.contains(#""firstTimestamp":null,"lastTimestamp":null"#))
        #expect(writer.text.contains(#"{"p50":null,"p99":null,"max":null}"#))
    }

    @Test("Percentiles are exact below 1,024 ms and within 0.8 % above")
    func histogram() {
        var histogram = DurationHistogram()
        for value in 1...1000 { histogram.add(Int64(value)) }
        #expect(histogram.percentile(50) == 500)
        #expect(histogram.percentile(99) == 990)
        #expect(histogram.maximum == 1000)
        for value: Int64 in [1023, 1024, 2047, 2048, 5_000, 123_456, 86_400_000, .max] {
            var single = DurationHistogram()
            single.add(0)
            single.add(value)
            single.add(.max)
            let found = single.percentile(50) ?? -1
            #expect(found >= value)
            #expect(Double(found) <= Double(value) * 1.008)
        }
    }

    @Test("A record as text")
    func text() {
        let items = readLog(
            """
            2025-03-01T08:00:00.000Z cp1 > [2, "1", "Authorize", {"idTag": "a b"}]
            2025-03-01T08:00:00.040Z cp1 < [4,"1","GenericError","no\\u001b[31m"]
            [3,"1",{
            """)
        var report = TextReport()
        #expect(
            report.lines(of: items[0].record!) == """
                2025-03-01T08:00:00.000Z  cp1    →  CALL        Authorize           1                {"idTag":"a b"}

                """)
        #expect(
            report.lines(of: items[1].record!) == """
                2025-03-01T08:00:00.040Z  cp1    ←  CALLERROR   Authorize           1         40 ms  GenericError: no\\u{1b}[31m
                                          error frame $: 4 elements; a CALLERROR has 5
                                          repaired shortCallError

                """)
        #expect(report.lines(of: items[2].unreadable!).hasPrefix("test.log:3: truncated: "))
        var coloured = TextReport(isColoured: true)
        #expect(coloured.lines(of: items[0].record!).contains("\u{1B}[32m→\u{1B}[0m"))
    }
}
