import Storage

extension ServiceSettings {
    /// What a person should know when the store's file system has more or less space left than before.
    func text(of space: DiskSpace, freeBytes: Int64) -> String {
        let place = "the file system of the store \(storePath) has \(freeBytes >> 20) MiB left"
        let minimum = minimumFreeBytes >> 20
        return switch space {
        case .enough: "\(place): everything is stored"
        case .low:
            "\(place): make room; below \(minimum) MiB raw frames are not stored, and below \(minimum / 2) MiB nothing new is"
        case .noFrames: "\(place): raw frames are not stored; make room, below \(minimum / 2) MiB nothing new is stored"
        case .nothingNew:
            "\(place): nothing new is stored; charge points are answered InternalError, and send it again: make room"
        }
    }
}
