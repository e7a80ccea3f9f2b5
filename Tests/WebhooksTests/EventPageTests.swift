import ExamModel
import Foundation
import Testing

@testable import Webhooks

@Suite("Events, described") struct EventPageTests {
  private var page: String {
    var text = """
      # Events

      What the body of a [webhook](Webhooks.md) holds, by the type of its event; made from the \
      program by `make golden`. Receivers pass over members they do not know: later versions may \
      have more.

      | event | when |
      |---|---|

      """
    for type in EventType.all {
      let note = type.isOnRequest ? " Sent on request." : ""
      text += "| [`\(type.name)`](#\(type.name.filter { $0 != "." })) | \(type.summary)\(note) |\n"
    }
    for type in EventType.all {
      text += """

        ## `\(type.name)`

        \(type.summary)

        ```json
        \(type.example.prettyText)
        ```

        <details><summary>JSON Schema</summary>

        ```json
        \(type.schema.prettyText)
        ```

        </details>

        """
    }
    return text
  }

  @Test("the page of events is what the program says")
  func golden() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Documentation/WebhookEvents.md")
    if ProcessInfo.processInfo.environment["GRADUS_GOLDEN"] == "update" {
      try page.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == page, "run make golden, read the diff")
  }
}
