import Testing

/// Code, comments and texts are told apart.
@Suite struct SwiftSourceTests {
    @Test(arguments: [
        ("let a = \"b // c\" // d", "let a = \"      \"", "d"),
        ("let a = #\"x\"y\"# + 1", "let a = #\"   \"# + 1", ""),
        ("let a = \"\\(b(\"c\")) d\"; e()", "let a = \"    \" \"    \"; e()", ""),
        ("/* a /* b */ c */ d", "                  d", "a /* b */ c"),
        ("func `print it`() {}", "func `________`() {}", ""),
        ("let a = \"\\\"\"; b", "let a = \"  \"; b", ""),
    ])
    func `a line is parted`(text: String, code: String, comment: String) {
        let file = SwiftSource(path: "A.swift", text: text)
        #expect(file.code[0].trimmedEnd == code)
        #expect(file.comments[0].contains(comment))
    }

    @Test func `a long text is blanked over its lines`() {
        let text = "let a = \"\"\"\n    func \"b\" {\n    \"\"\"\nlet c = 1"
        let file = SwiftSource(path: "A.swift", text: text)
        #expect(file.code.count == 4)
        #expect(file.code[1].trimmedEnd.isEmpty)
        #expect(file.code[3] == "let c = 1")
    }

    @Test func `a text that never ends does not hang`() {
        #expect(SwiftSource(path: "A.swift", text: "let a = \"\"\"\n b \\(").code.count == 2)
    }

    @Test func `functions are measured to their closing brace`() {
        let text = """
            protocol P { var a: Int { get }
                func none() -> Int
            }
            struct S {
                init?(_ a: Int = { 1 }()) throws
                { }
                func one() { }
                func four(
                    _ body: () -> Void = { }
                ) {
                }
                var two: Int {
                    1 }
            }
            """
        let found = LengthRules.functions(in: SwiftSource(path: "A.swift", text: text))
        #expect(found.map(\.name) == ["init", "one", "four", "two"])
        #expect(found.map(\.lines) == [2, 1, 4, 2])
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        String(reversed().drop(while: \.isWhitespace).reversed())
    }
}
