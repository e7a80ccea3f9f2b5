// swift-tools-version: 6.3
import PackageDescription

// The house, from the ground up. A target imports only what stands below it and is
// listed here; `make lint` compares this list with every `import` line.
let package = Package(
  name: "gradus",
  products: [.executable(name: "gradus", targets: ["gradus"])],
  targets: [
    // 0  Doors to C
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CScan"),  // no library: a header of ours with inline functions

    // 1  Ground: values, arithmetic, text
    .pure("ExamModel"),
    .pure("Calculus"),
    .pure("Typesetting", ["Calculus"]),
    .pure("CSV", ["CScan"]),  // pure all the same: the header allocates and keeps nothing
    .edge("Cryptography", ["COpenSSL"]),  // pure in its effects, but every call crosses into C

    // 2  Steps: pure functions from one value to the next. Siblings do not know one another,
    //    with two exceptions: a paper is drawn from the bank, and marking asks it for keys.
    .pure("QuestionBank", ["ExamModel", "Calculus", "Typesetting"]),
    .pure("PaperPress", ["ExamModel", "QuestionBank", "Cryptography"]),
    .pure("Publishing", ["ExamModel", "Typesetting", "CSV"], plugins: ["EmbedText"]),
    .pure("ResponseSheets", ["ExamModel", "CSV"]),
    .pure("Marking", ["ExamModel", "Calculus", "QuestionBank"]),
    .pure("Analysis", ["Calculus"]),

    // 3  Edges: the disk and the network
    .edge(
      "Storage", ["ExamModel", "Cryptography", "CSQLite", "CPostgres"], plugins: ["EmbedText"]),
    .edge("Webhooks", ["ExamModel", "Cryptography", "CCurl"]),

    // 4  Time: batches, chunks, the pool, delivery
    .edge(
      "Workers",
      [
        "ExamModel", "CSV", "Cryptography", "QuestionBank", "PaperPress", "Publishing",
        "ResponseSheets", "Marking", "Analysis", "Storage", "Typesetting", "Webhooks", "CZlib",
      ]),

    // 5  Front door
    .executableTarget(
      name: "gradus",
      dependencies: [
        "ExamModel", "Calculus", "Typesetting", "CSV", "Cryptography", "QuestionBank",
        "PaperPress", "Publishing", "ResponseSheets", "Marking", "Analysis", "Storage", "Webhooks",
        "Workers",
      ],
      swiftSettings: .gradus),

    // The tool that turns Schema/ and Templates/ into Swift literals
    .executableTarget(name: "embed-text", swiftSettings: .gradus),
    .plugin(
      name: "EmbedText", capability: .buildTool(), dependencies: ["embed-text"],
      path: "Sources/EmbedText"),

    // Tests and benchmarks
    .target(
      name: "Cohort", dependencies: ["ExamModel", "QuestionBank", "PaperPress"],
      path: "Tests/Cohort", swiftSettings: .gradus),
    .target(
      name: "TestKit",
      dependencies: ["ExamModel", "Marking", "Storage"], path: "Tests/TestKit",
      swiftSettings: .gradus),
    .executableTarget(
      name: "queue-speed", dependencies: ["ExamModel", "Storage"], path: "Benchmarks/QueueSpeed",
      swiftSettings: .gradus),
    .executableTarget(
      name: "made-up-cohort",
      dependencies: ["Cohort", "ExamModel", "PaperPress", "QuestionBank", "Workers"],
      path: "Benchmarks/MadeUpCohort", swiftSettings: .gradus),
    .executableTarget(
      name: "question-speed", dependencies: ["ExamModel", "QuestionBank", "Typesetting"],
      path: "Benchmarks/QuestionSpeed", swiftSettings: .gradus),
    .executableTarget(
      name: "expression-speed", dependencies: ["Calculus"], path: "Benchmarks/ExpressionSpeed",
      swiftSettings: .gradus),
    .executableTarget(
      name: "marking-speed", dependencies: ["ExamModel", "Marking"],
      path: "Benchmarks/MarkingSpeed", swiftSettings: .gradus),
    .executableTarget(
      name: "csv-speed", dependencies: ["CSV"], path: "Benchmarks/CSVSpeed",
      exclude: ["make_export.py", "requirements.txt", "rivals.py"], swiftSettings: .gradus),
    .tests("ExamModel"),
    .tests("Calculus", excluding: ["doubledouble.tsv", "expressions.tsv", "pairs.tsv"]),
    .tests("CSV", and: ["ExamModel"], excluding: ["tables.jsonl", "tables.py"]),
    .tests("Typesetting", and: ["Calculus", "ExamModel", "QuestionBank", "Marking"]),
    .tests("Cryptography"),
    .tests(
      "QuestionBank", and: ["Calculus", "ExamModel", "Typesetting"],
      excluding: ["families.golden.txt"]),
    .tests("PaperPress", excluding: ["papers.golden.txt"]),
    .tests(
      "Publishing", and: ["CSQLite", "ExamModel", "Typesetting"], excluding: ["formats.golden.txt"]),
    .tests("ResponseSheets", and: ["CSV", "ExamModel"], excluding: ["Samples"]),
    .tests(
      "Marking", and: ["Calculus", "ExamModel", "QuestionBank"],
      excluding: ["typed-answers.tsv"]),
    .tests("Analysis", and: ["ExamModel"], excluding: ["statistics.json"]),
    .tests("Storage"), .tests("Webhooks", and: ["ExamModel"]),
    .tests(
      "Workers",
      and: [
        "Cohort", "CSV", "Cryptography", "ExamModel", "PaperPress", "QuestionBank",
        "ResponseSheets", "Storage", "Webhooks",
      ]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "gradus", "TestKit", "Cohort", "ExamModel", "Marking", "PaperPress", "Storage", "Webhooks",
        "Workers",
      ],
      swiftSettings: .gradus),
  ] + fuzzers
)

/// Only `make fuzz` builds this: without libFuzzer it has no main.
var fuzzers: [Target] {
  guard Target.isFuzzing else { return [] }
  return [
    .executableTarget(
      name: "fuzz",
      dependencies: ["Calculus", "CSV", "ExamModel", "Marking", "ResponseSheets"],
      path: "Tests/Fuzz",
      swiftSettings: .gradus + [.unsafeFlags(["-parse-as-library"])])
  ]
}

extension [SwiftSetting] {
  static let gradus: Self = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]
}

extension Target {
  /// With libFuzzer every program gets its main, so the tools of plugins cannot be built.
  static var isFuzzing: Bool { Context.environment["FUZZ"] != nil }

  /// A target without unsafe code: no C, no files, no clock.
  static func pure(
    _ name: String, _ dependencies: [Target.Dependency] = [], plugins: [Target.PluginUsage] = []
  ) -> Target {
    .target(
      name: name, dependencies: dependencies, swiftSettings: .gradus + [.strictMemorySafety()],
      plugins: isFuzzing ? [] : plugins)
  }

  /// A target that touches the world outside the process.
  static func edge(
    _ name: String, _ dependencies: [Target.Dependency] = [], plugins: [Target.PluginUsage] = []
  ) -> Target {
    .target(
      name: name, dependencies: dependencies, swiftSettings: .gradus,
      plugins: isFuzzing ? [] : plugins)
  }

  static func tests(
    _ subject: String, and also: [String] = [], excluding data: [String] = []
  ) -> Target {
    .testTarget(
      name: "\(subject)Tests",
      dependencies: [.init(stringLiteral: subject), "TestKit"]
        + (also.map { .init(stringLiteral: $0) }),
      exclude: data, swiftSettings: .gradus)
  }
}
