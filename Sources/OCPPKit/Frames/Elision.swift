/// Whether `...` or `…` stands in a text.
func hasElision(_ text: ArraySlice<UInt8>) -> Bool {
    var dots = 0
    var position = text.startIndex
    while position < text.endIndex {
        dots = text[position] == UInt8(ascii: ".") ? dots + 1 : 0
        if dots == 3 { return true }
        if text[position] == 0xE2, position + 2 < text.endIndex, text[position + 1] == 0x80, text[position + 2] == 0xA6
        {
            return true
        }
        position += 1
    }
    return false
}
