private import CSV

// Where a fact about an export comes from stands in Documentation/FormExports.md.
extension Service {
  static let googleForms = Service(
    id: "google-forms-direct", name: "Google Forms, downloaded from the form",
    recognise: { head in
      guard let stamp = head.sample(0, below: 1).first(where: { !ExportText.isBlank($0) }),
        Timestamp.isGoogleForms(stamp)
      else { return nil }
      return head.isAllQuoted
        ? "every cell is quoted, and the first column has its stamps: year first, half days, zone"
        : "the first column has its stamps: year first, half days, zone"
    },
    roles: scoreTitles)

  package static let googleSheet = Service(
    id: "google-sheet", name: "the sheet linked to a Google form",
    recognise: { head in
      guard let first = head.titles.first, stampTitles.contains(first) else { return nil }
      return "the first column is titled as its timestamps are"
    },
    roles: scoreTitles)

  static let microsoftForms = Service(
    id: "microsoft-forms", name: "Microsoft Forms",
    recognise: { head in
      let pair = microsoftTimes.first {
        head.titles.contains($0.begin) && head.titles.contains($0.end)
      }
      return pair.map { "it has columns \"\($0.begin)\" and \"\($0.end)\"" }
    },
    roles: Dictionary(
      microsoftTimes.flatMap { [($0.begin, .other), ($0.end, .time)] }
        + [
          "id", "name", "quiz feedback", "grade posted time", "last modified time", "名前", "nombre",
          "nom", "nome", "naam", "hora de la última modificación",
          "heure de la dernière modification",
          "letzte änderung",
        ].map { ($0, .other) }
        + ["total points", "total de puntos", "gesamtpunktzahl", "total des points"].map {
          ($0, .score)
        },
      uniquingKeysWith: { first, _ in first }))

  static let moodle = Service(
    id: "moodle", name: "Moodle, quiz responses",
    recognise: { head in
      head.titles.first(where: isGrade).map { "the column \"\($0)\" is a quiz grade of it" }
    },
    roles: roles(
      time: ["completed", "beendet", "terminé", "finalizado", "completado"],
      weak: ["username", "id number", "anmeldename", "id-nummer"],
      other: [
        "surname", "last name", "first name", "nachname", "vorname", "nom", "nom de famille",
        "prénom", "apellido(s)", "nombre", "institution", "department", "state", "status",
        "started",
        "started on", "time taken", "duration", "begonnen am", "verbrauchte zeit",
      ]),
    marksUnfinished: true, nothing: "-")

  static let canvas = Service(
    id: "canvas", name: "Canvas, student analysis",
    recognise: { head in
      head.titles.contains("n correct") && head.titles.contains("n incorrect")
        ? "it has columns \"n correct\" and \"n incorrect\"" : nil
    },
    roles: roles(
      time: ["submitted"], weak: ["id", "sis_id"],
      other: ["name", "root_account", "section", "section_id", "section_sis_id", "attempt"],
      score: ["n correct", "n incorrect", "score"]),
    escapesCommas: true)

  /// A file for the way back, recognised so that it is not taken for responses.
  static let canvasGradebook = Service(
    id: "canvas-gradebook", name: "a Canvas gradebook, which holds no answers",
    recognise: { head in
      let titles = head.titles
      return titles.first == "student" && titles.dropFirst().first == "id"
        && titles.contains("section")
        ? "it begins with \"Student\", \"ID\" and has \"Section\"" : nil
    })

  static let typeform = Service(
    id: "typeform", name: "Typeform",
    recognise: { head in
      guard head.titles.first == "#",
        let sign = head.titles.first(where: { $0 == "network id" || $0 == "submit date (utc)" })
      else { return nil }
      return "it begins with \"#\" and has a column \"\(sign)\""
    },
    roles: roles(
      time: ["submit date (utc)"],
      other: [
        "#", "response type", "start date (utc)", "stage date (utc)", "network id", "tags",
        "ending",
      ],
      score: ["score"]),
    marksUnfinished: true, guardsFormulas: true, writesUTC: true)

  static let surveyMonkey = Service(
    id: "surveymonkey", name: "SurveyMonkey",
    recognise: { head in
      guard let first = head.titles.first, ["respondent id", "respondentid"].contains(first) else {
        return nil
      }
      return "it begins with \"\(head.records[0].fields[0])\""
    },
    headerRows: { head in
      let below = head.cells(1)
      return below.first == "" && below.contains { !$0.isEmpty } ? 2 : 1
    },
    roles: roles(
      time: ["end date", "date modified"], weak: ["custom data 1", "custom data"],
      other: [
        "respondent id", "respondentid", "collector id", "collectorid", "start date",
        "date created",
        "ip address", "first name", "last name",
      ]),
    nothing: "-")

  static let qualtrics = Service(
    id: "qualtrics", name: "Qualtrics",
    recognise: { head in
      if head.cells(2).first?.hasPrefix("{\"importid\"") == true {
        return "the third record names import ids"
      }
      return head.titles.starts(with: ["v1", "v2", "v3"]) ? "it begins with V1, V2, V3" : nil
    },
    headerRows: { $0.cells(2).first?.hasPrefix("{\"importid\"") == true ? 3 : 2 },
    roles: roles(
      time: ["recordeddate", "v9"], weak: ["externalreference", "externaldatareference", "v4"],
      identity: ["recipientemail", "v5"],
      other: [
        "startdate", "enddate", "status", "ipaddress", "progress", "duration (in seconds)",
        "finished",
        "responseid", "recipientlastname", "recipientfirstname", "locationlatitude",
        "locationlongitude", "distributionchannel", "userlanguage", "locationaccuracy", "v1", "v2",
        "v3", "v6", "v7", "v8", "v10",
      ]))

  static let limeSurvey = Service(
    id: "limesurvey", name: "LimeSurvey",
    recognise: { head in
      let codes = ["submitdate", "lastpage", "startlanguage"]
      let texts = ["date submitted", "last page", "start language"]
      let found = [codes, texts].first { $0.allSatisfy(head.titles.contains) }
      return found.map { "it has columns \"\($0[0])\", \"\($0[1])\" and \"\($0[2])\"" }
    },
    roles: roles(
      time: ["submitdate", "date submitted"], weak: ["token", "access code"],
      other: [
        "id", "response id", "lastpage", "last page", "startlanguage", "start language", "seed",
        "startdate", "date started", "datestamp", "date last action", "ipaddr", "ip address",
        "refurl",
        "referrer url",
      ]),
    marksUnfinished: true)

  static let kobo = Service(
    id: "kobotoolbox", name: "KoboToolbox",
    recognise: { head in
      head.titles.contains("_uuid") && head.titles.contains("_submission_time")
        ? "it has columns \"_uuid\" and \"_submission_time\"" : nil
    },
    headerRows: { head in
      let tags = head.cells(1).filter { !$0.isEmpty }
      return !tags.isEmpty && tags.allSatisfy { $0.hasPrefix("#") } ? 2 : 1
    },
    roles: roles(
      time: ["_submission_time"], weak: ["_submitted_by", "username"],
      other: [
        "start", "end", "today", "deviceid", "_id", "_uuid", "_validation_status", "_notes",
        "_status",
        "__version__", "_tags", "_index",
      ]),
    writesUTC: true)

  static let jotform = Service(
    id: "jotform", name: "Jotform",
    recognise: { head in
      head.titles.first == "submission date" ? "it begins with \"Submission Date\"" : nil
    },
    roles: roles(
      time: ["submission date"],
      other: [
        "first name", "last name", "name", "submission ip", "submission id", "ip",
        "last update date",
      ]))

  static let plain = Service(
    id: "plain", name: "a table with titles of its own", recognise: { _ in "no service's signs" },
    roles: roles(
      time: ["timestamp", "time", "date", "submitted", "submitted at", "submission time", "zeit"],
      other: ["name", "full name", "first name", "last name"], score: ["score", "points"]))
}

extension Timestamp {
  /// `2026/03/05 9:58:07 AM GMT+8`: year first and a half day, whatever the form's language.
  static func isGoogleForms(_ text: String) -> Bool {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard digits.count == 4, text.dropFirst(4).first == "/", Timestamp(text) != nil else {
      return false
    }
    let clock = text.split(separator: ":")
    guard clock.count > 2 else { return false }
    let halfDay = ExportText.folded(String(clock[2])).filter { $0 != "." && $0 != " " }.dropFirst(2)
    return ["am", "pm", "오전", "오후", "上午", "下午", "午前", "午後"].contains { halfDay.hasPrefix($0) }
  }
}

// MARK: Titles

extension Service {
  private static func roles(
    time: [String], weak: [String] = [], identity: [String] = [], other: [String],
    score: [String] = []
  ) -> [String: SheetColumn.Role] {
    var roles: [String: SheetColumn.Role] = [:]
    for title in other { roles[title] = .other }
    for title in score { roles[title] = .score }
    for title in weak { roles[title] = .hint }
    for title in identity { roles[title] = .identity }
    for title in time { roles[title] = .time }
    return roles
  }

  /// `Grade/10.00`, in any language.
  private static func isGrade(_ title: String) -> Bool {
    let parts = title.split(separator: "/")
    guard parts.count == 2, let top = parts.last, parts[0].allSatisfy({ $0.isLetter || $0 == " " })
    else { return false }
    return top.contains { $0.isNumber } && top.allSatisfy { $0.isNumber || ".,".contains($0) }
  }

  static let microsoftTimes: [(begin: String, end: String)] = [
    ("start time", "completion time"), ("開始時刻", "完了時刻"), ("startzeit", "fertigstellungszeit"),
    ("heure de début", "heure de fin"), ("hora de inicio", "hora de finalización"),
    ("hora de início", "hora de conclusão"), ("ora di inizio", "ora di completamento"),
    ("begintijd", "tijd van voltooien"), ("开始时间", "完成时间"), ("시작 시간", "완료 시간"),
  ]

  /// How Google titles the first column, by the form's language.
  static let stampTitles: Set = [
    "timestamp", "horodateur", "marca temporal", "carimbo de data/hora", "отметка времени",
    "타임스탬프", "タイムスタンプ", "zeitstempel", "時間戳記", "时间戳记", "informazioni cronologiche",
    "tijdstempel", "sygnatura czasowa", "zaman damgası",
  ]

  private static let scoreTitles: [String: SheetColumn.Role] = [
    "total score": .score, "score total": .score, "score": .score, "puntuación": .score,
    "puntuación total": .score, "pontuação": .score, "pontuação total": .score, "punktzahl": .score,
    "gesamtpunktzahl": .score, "note": .score, "общий балл": .score, "баллы": .score,
    "総スコア": .score, "총점": .score,
  ]

  /// Titles of columns with a candidate's address or id, in the languages of the services.
  static let identityTitles: Set = [
    "username", "email address", "e-mail address", "email", "e-mail", "mail", "candidate",
    "candidate id", "candidate number", "your email", "your e-mail", "your email address",
    "adresse e-mail", "adresse mail", "courriel", "dirección de correo electrónico",
    "correo electrónico", "endereço de e-mail", "nome de usuário", "nombre de usuario",
    "nom d'utilisateur", "e-mail-adresse", "nutzername", "indirizzo email", "e-mailadres",
    "адрес электронной почты", "имя пользователя", "электронная почта", "メールアドレス", "メール",
    "ユーザー名", "이메일", "이메일 주소", "사용자 이름", "電子郵件地址", "电子邮件", "电子邮件地址",
  ]

  static let codeTitles: Set = [
    "paper code", "papercode", "code of your paper", "your paper code", "paper-code",
  ]
}
