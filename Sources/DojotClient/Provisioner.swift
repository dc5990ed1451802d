import OCPPKit

/// Makes sure that DOJOT has a template and a device for each charge point, and changes nothing else.
///
/// DOJOT accepts any label twice, deletes what an update leaves out, and may answer 500 to what it did. So labels are
/// looked up before, updates carry what was there, and after an uncertain answer it is looked again.
public struct Provisioner: Sendable {
    private let session: DojotSession
    private let dryRun: Bool
    private let prunes: Bool

    private var manager: DeviceManager { DeviceManager(session: session) }

    /// Up to so many charge points are looked up one by one; for more, all devices are listed once.
    private static let fewChargePoints = 5

    /// - Parameters:
    ///   - dryRun: only looks, and reports what would be done.
    ///   - prunes: removes attributes of the template that the model does not have, and with them their values.
    public init(session: DojotSession, dryRun: Bool = false, prunes: Bool = false) {
        self.session = session
        self.dryRun = dryRun
        self.prunes = prunes
    }

    /// Provisions one after another: the template first, then the charge points in their order.
    ///
    /// - Parameter report: told each result as soon as it is there.
    /// - Returns: the devices of all charge points that have one now.
    /// - Throws: what ends the run; what concerns a single template or device is reported as failed.
    @discardableResult
    public func provision(
        _ model: TemplateModel, _ chargePoints: [ProvisionedChargePoint], report: (ProvisionResult) -> Void
    ) async throws(DojotFailure) -> DeviceMap {
        var map = DeviceMap(tenant: try await session.tenant())
        let template: RemoteTemplate?
        do {
            let (found, result) = try await provisionTemplate(model)
            template = found
            report(result)
        } catch {
            try fail(.template, model.label, error, report)
            for chargePoint in chargePoints {
                report(.failed(.device, chargePoint.chargePointID, "its template \(model.label) failed"))
            }
            return map
        }

        let listed = chargePoints.count > Self.fewChargePoints ? try await manager.devices() : nil
        let index = listed.map { Dictionary(grouping: $0, by: \.label) }
        var done: Set<String> = []
        for chargePoint in chargePoints {
            let label = chargePoint.chargePointID
            if let problem = done.insert(label).inserted ? chargePoint.problem : "given more than once" {
                report(.failed(.device, label, problem))
                continue
            }
            do {
                let known = if let index { index[label] ?? [] } else { try await manager.devices(labelled: label) }
                let result = try await provisionDevice(chargePoint, template, model.labels, known: known)
                map.devices[label] = result.id
                report(result)
            } catch {
                try fail(.device, label, error, report)
            }
        }
        return map
    }

    // MARK: - Template

    /// The template as it is afterwards; `nil` where a dry run found none.
    private func provisionTemplate(
        _ model: TemplateModel
    ) async throws(DojotFailure) -> (RemoteTemplate?, ProvisionResult) {
        let label = model.label
        guard !label.isEmpty, label.unicodeScalars.count <= longestText else {
            throw .unacceptable("a template's label has 1 to \(longestText) characters")
        }
        guard let existing = try await theTemplate(label) else {
            if dryRun { return (nil, ProvisionResult(kind: .template, label: label, id: nil, result: .wouldCreate)) }
            let attributes = model.attributes.map { RemoteAttribute($0) }
            let (template, note) = try await certain { () async throws(DojotFailure) in
                try await manager.createTemplate(label: label, attributes: attributes)
            } lookAgain: { () async throws(DojotFailure) in
                try await theTemplate(label)
            }
            return (template, .template(template, .created, note))
        }
        let wanted = existing.wanted(model, prunes: prunes)
        if wanted == existing.attributes { return (existing, .template(existing, .unchanged)) }
        let removed = existing.attributes.filter { old in !wanted.contains { $0.isSame(as: old) } }.map(\.label)
        let removal = removed.isEmpty ? nil : "removed: \(removed.sorted().joined(separator: ", "))"
        if dryRun { return (existing, .template(existing, .wouldUpdate, removal)) }
        let (template, note) = try await certain { () async throws(DojotFailure) in
            try await manager.updateTemplate(existing.id, label: label, attributes: wanted)
        } lookAgain: { () async throws(DojotFailure) in
            try await theTemplate(label).flatMap { $0.wanted(model, prunes: prunes) == $0.attributes ? $0 : nil }
        }
        let message = [removal, note].compactMap(\.self).joined(separator: "; ")
        return (template, .template(template, .updated, message.isEmpty ? nil : message))
    }

    private func theTemplate(_ label: String) async throws(DojotFailure) -> RemoteTemplate? {
        try single(await manager.templates(labelled: label), kind: .template, label) { String($0.id) }
    }

    // MARK: - Device

    /// - Parameter known: the devices of the charge point's label.
    private func provisionDevice(
        _ chargePoint: ProvisionedChargePoint, _ template: RemoteTemplate?, _ labels: AttributeLabels,
        known: [RemoteDevice]
    ) async throws(DojotFailure) -> ProvisionResult {
        let label = chargePoint.chargePointID
        guard let existing = try theDevice(known, label) else {
            if dryRun { return .device(label, nil, .wouldCreate) }
            let device = try wanted(RemoteDevice(label: label), chargePoint, template, labels)
            let (id, note) = try await certain { () async throws(DojotFailure) in
                try await manager.create(device)
            } lookAgain: { () async throws(DojotFailure) in
                try theDevice(await manager.devices(labelled: label), label)?.id
            }
            return .device(label, id, .created, note)
        }
        if (try? wanted(existing, chargePoint, template, labels)) == existing {
            return .device(label, existing.id, .unchanged)
        }
        if dryRun { return .device(label, existing.id, .wouldUpdate) }
        let device = try wanted(existing, chargePoint, template, labels)
        let (_, note) = try await certain { () async throws(DojotFailure) in
            try await manager.update(device)
        } lookAgain: { () async throws(DojotFailure) in
            let found = try theDevice(await manager.devices(labelled: label), label)
            return try found.flatMap { found throws(DojotFailure) in
                try wanted(found, chargePoint, template, labels) == found ? () : nil
            }
        }
        return .device(label, existing.id, .updated, note)
    }

    /// The device as it is to be.
    private func wanted(
        _ device: RemoteDevice, _ chargePoint: ProvisionedChargePoint, _ template: RemoteTemplate?,
        _ labels: AttributeLabels
    ) throws(DojotFailure) -> RemoteDevice {
        guard let template else { throw .unacceptable("its template is not there yet") }
        return try device.adopting(chargePoint, template, labels)
    }

    private func theDevice(_ devices: [RemoteDevice], _ label: String) throws(DojotFailure) -> RemoteDevice? {
        try single(devices, kind: .device, label) { $0.id }
    }

    // MARK: -

    private func single<Row>(
        _ rows: [Row], kind: ProvisionResult.Kind, _ label: String, id: (Row) -> String
    ) throws(DojotFailure) -> Row? {
        guard rows.count <= 1 else {
            throw .duplicates(kind: kind.rawValue, label: label, ids: rows.map { id($0) })
        }
        return rows.first
    }

    /// Carries out a change. Where its answer leaves open whether it happened, looks whether it did.
    private func certain<Row>(
        _ change: () async throws(DojotFailure) -> Row, lookAgain: () async throws(DojotFailure) -> Row?
    ) async throws(DojotFailure) -> (row: Row, note: String?) {
        do {
            return (try await change(), nil)
        } catch {
            guard error.mayHaveHappened, let row = try await lookAgain() else { throw error }
            return (row, "it is there, though DOJOT failed: \(error)")
        }
    }

    /// Reports a failure, and goes on to throw it where it concerns more than one item.
    private func fail(
        _ kind: ProvisionResult.Kind, _ label: String, _ failure: DojotFailure, _ report: (ProvisionResult) -> Void
    ) throws(DojotFailure) {
        report(.failed(kind, label, failure.description))
        if !failure.concernsOneItem { throw failure }
    }
}

extension ProvisionResult {
    fileprivate static func template(
        _ template: RemoteTemplate, _ result: Outcome, _ message: String? = nil
    ) -> ProvisionResult {
        ProvisionResult(
            kind: .template, label: template.label, id: String(template.id), result: result, message: message)
    }

    fileprivate static func device(
        _ label: String, _ id: String?, _ result: Outcome, _ message: String? = nil
    ) -> ProvisionResult {
        ProvisionResult(kind: .device, label: label, id: id, result: result, message: message)
    }

    fileprivate static func failed(_ kind: Kind, _ label: String, _ message: String) -> ProvisionResult {
        ProvisionResult(kind: kind, label: label, id: nil, result: .failed, message: message)
    }
}
