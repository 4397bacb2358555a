import GatewayPorts

/// Writes a table as RFC 4180 has it, for spreadsheets: UTF-8 with a byte order mark, lines ended by CRLF.
struct CSVText {
    /// What was written.
    private(set) var bytes: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// One cell; a text that a spreadsheet would take for a formula is kept from being one.
    enum Cell {
        case text(String)
        case number(Double)
        case none
    }

    /// Adds a line.
    mutating func row(_ cells: [Cell]) {
        for (place, cell) in cells.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            switch cell {
            case .text(let text): write(text)
            case .number(let number): bytes.append(contentsOf: Self.digits(number).utf8)
            case .none: break
            }
        }
        bytes.append(contentsOf: [0x0D, 0x0A])
    }

    /// Adds a line of texts.
    mutating func row(titles: String...) { row(titles.map { .text($0) }) }

    private mutating func write(_ text: String) {
        let first = text.utf8.first ?? 0
        // Spreadsheets run what begins with one of these: = + - @, a tab or an end of line.
        let isFormula = [0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0A, 0x0D].contains(first)
        let safe = isFormula ? "'" + text : text
        guard safe.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) || isFormula else {
            bytes.append(contentsOf: safe.utf8)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in safe.utf8 {
            if byte == 0x22 { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func digits(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
    }
}
