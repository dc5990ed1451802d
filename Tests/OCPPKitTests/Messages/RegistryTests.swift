import Foundation
import Testing

@testable import OCPPKit

/// An action is one file, one line in the registry and one folder of fixtures.
@Suite("The registry")
struct RegistryTests {
    static let sources = Fixtures.root.appending(path: "Sources/OCPPKit/Messages")

    @Test func filesEntriesAndFixturesAgree() throws {
        for profile in Profile.allCases {
            let files = try Fixtures.names(in: Self.sources.appending(path: profile.rawValue))
            let entries = Actions.all.filter { $0.profile == profile }.map { $0.name }
            #expect(files == entries.map { $0 + ".swift" }, "\(profile)")
        }
        let folders = try Fixtures.names(in: Fixtures.folder).filter {
            !["findings", "logs", "repairs", "violations"].contains($0) && !$0.contains(".")
        }
        #expect(folders == Actions.all.map { $0.name }.sorted())
        #expect(Actions.all.count == 39)
    }

    @Test func entriesAreFoundByTheirExactNames() {
        for action in Actions.all { #expect(Actions.named(action.name)?.name == action.name) }
        #expect(Actions.named("HeartBeat") == nil)
        #expect(Actions.named("") == nil)
    }

    @Test func fixturesAreJudgedAsTheirNamesSay() throws {
        for action in Actions.all {
            let names = try Fixtures.names(in: Fixtures.folder.appending(path: action.name))
            #expect(names.contains("request-valid.json") && names.contains("response-valid.json"), "\(action.name)")
            #expect(names.contains { $0.hasPrefix("request-invalid-") }, "\(action.name)")
            for name in names {
                let payload = try Fixtures.json("\(action.name)/\(name)")
                let shape = name.hasPrefix("request") ? action.request : action.response
                let codes = Validator.violations(ofPayload: payload, shape: shape).map { $0.code }
                let parts = name.dropLast(".json".count).split(separator: "-")
                let expected = parts[1] == "valid" ? [] : [String(parts[2])]
                #expect(Set(codes.map { $0.rawValue }) == Set(expected), "\(action.name)/\(name)")
            }
        }
    }

    @Test func validFixturesShowEveryField() throws {
        for action in Actions.all {
            for (name, shape) in [("request", action.request), ("response", action.response)] {
                let payload = try Fixtures.json("\(action.name)/\(name)-valid.json")
                for field in shape.fields {
                    #expect(payload[field.key] != nil, "\(action.name) \(name) \(field.key)")
                }
            }
        }
    }
}
