public import OCPPKit

extension DeviceMessage {
    /// The messages that stored values of a device came in: values of the same time are of one message.
    ///
    /// - Parameter values: in the order of their times.
    public static func messages(
        _ values: [StoredValue], of chargePointId: String, _ labels: AttributeLabels
    ) -> [DeviceMessage] {
        var messages: [DeviceMessage] = []
        for values in values.split(whenTimeChanges: \.time) {
            var told: [(label: String, value: JSONValue)] = []
            for value in values
            where value.attribute != "timestamp" && value.attribute != StationAttribute.eventId.label {
                let pair = (label: labels.label(of: value.attribute), value: value.value)
                // What was published twice, because its acknowledgement was lost, was said once.
                if !told.contains(where: { $0 == pair }) { told.append(pair) }
            }
            messages.append(DeviceMessage(chargePointId: chargePointId, time: values[0].time, values: told))
        }
        return messages
    }
}

extension Array {
    fileprivate func split<Key: Equatable>(whenTimeChanges key: (Element) -> Key) -> [[Element]] {
        var groups: [[Element]] = []
        for element in self {
            if let last = groups.last?.first, key(last) == key(element) {
                groups[groups.count - 1].append(element)
            } else {
                groups.append([element])
            }
        }
        return groups
    }
}
