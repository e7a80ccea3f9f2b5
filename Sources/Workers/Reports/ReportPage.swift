import Analysis
import ExamModel
package import Publishing
import Storage

/// A report as one page that fetches nothing.
package struct ReportPage {
  private let report: ExamReport

  package init(_ report: ExamReport) { self.report = report }

  /// - Throws: `TemplateError` where a changed template makes no sense.
  package func html(_ templates: Templates = .standard) throws -> String {
    var values: TemplateValues = [
      "title": .text(report.title), "test": .text(report.progress.run.test.rawValue),
      "run": .text("\(report.progress.run.run)"), "file": .text(report.progress.fileName),
      "candidates": .text("\(report.candidates)"), "possible": .text("\(report.possible)"),
      "sampled": .text("\(report.sampled)"),
      "isSample": .flag(report.sampled < report.candidates),
      "findings": .list(report.findings.map { ["finding": .text($0)] }),
    ]
    values.add(keyFigures)
    values.add(itemValues)
    values.add(drawValues)
    values.add(runValues)
    return try templates.template("report.html").filled(with: values)
  }

  private var keyFigures: TemplateValues {
    let median = report.quantile(0.5)
    let possible = Double(max(1, report.possible.hundredths))
    let deviation = report.questions.variance?.squareRoot()
    let summary =
      "Histogram of \(report.candidates) scores in twentieths of the points; the median is "
      + "\(marks(median)) of \(report.possible)."
    var values: TemplateValues = [
      "mean": .text(marks(report.questions.mean)), "deviation": .text(marks(deviation)),
      "median": .text(marks(median)),
      "quartiles": .text(
        "\(marks(report.quantile(0.25))) to \(marks(report.quantile(0.75)))"),
      "histogram": .markup(
        Plot.columns(
          report.histogram, labels: [0, 5, 10, 15, 20].map { ($0, "\($0 * 5) %") },
          mark: (max(0, 20 * median / possible), "median"), says: summary)),
      "hasReliability": .flag(report.reliability != nil), "alpha": .text(""),
      "alphaInterval": .text(""), "error": .text(""), "errorInterval": .text(""),
      "kr20": .text(report.rightOrNot?.fixed(2) ?? "–"),
    ]
    if let reliability = report.reliability {
      values["alpha"] = .text(reliability.alpha.fixed(2))
      values["alphaInterval"] = .text(
        "\(reliability.interval.lowerBound.fixed(2)) to \(reliability.interval.upperBound.fixed(2))"
      )
      values["error"] = .text(marks(reliability.error))
      values["errorInterval"] = .text(
        "\(marks(reliability.errorInterval.lowerBound)) to "
          + marks(reliability.errorInterval.upperBound))
    }
    let minutes = report.minutes
    values["hasMinutes"] = .flag(!minutes.isEmpty)
    values["minutes"] = .markup("")
    values["medianMinutes"] = .text("")
    if let longest = minutes.max() {
      let width = max(1, (longest / 20).rounded(.up))
      var bins = [Int](repeating: 0, count: 20)
      for minute in minutes { bins[min(19, Int(minute / width))] += 1 }
      let median = report.minutes(at: 0.5)?.fixed(1) ?? "–"
      values["medianMinutes"] = .text(median)
      values["minutes"] = .markup(
        Plot.columns(
          bins, labels: [0, 5, 10, 15, 20].map { ($0, "\((width * Double($0)).fixed(0)) min") },
          says: "Histogram of the minutes taken; the median is \(median)."))
    }
    return values
  }

  private var itemValues: TemplateValues {
    let dots = report.items.compactMap { item -> Plot.Dot? in
      guard let facility = item.statistics.facility,
        let discrimination = item.statistics.discrimination
      else { return nil }
      return Plot.Dot(x: facility, y: discrimination, name: item.title)
    }
    return [
      "plane": .markup(
        Plot.plane(
          dots, right: "facility: share of the points that were had",
          up: "discrimination: correlation with the rest",
          says: "Each answer by facility and discrimination; the table below has the numbers.")),
      "items": .list(
        report.items.map { item in
          let statistics = item.statistics
          let isOdd = (statistics.discrimination ?? 1) < 0.1
          return [
            "field": .text(item.title), "family": .text(item.family.rawValue),
            "possible": .text("\(Points(hundredths: item.most))"),
            "facility": .text(percent(statistics.facility)),
            "bar": .markup(Plot.share(statistics.facility ?? 0)),
            "discrimination": .text(statistics.discrimination?.fixed(2) ?? "–"),
            "isOdd": .flag(isOdd),
            "efficiency": .text(percent(statistics.efficiency)),
            "weight": .text(percent(statistics.weight)),
            "blank": .text(percent(item.share(of: "blank"))),
            "unreadable": .text(percent(item.share(of: "unreadable"))),
          ]
        }),
      "mistakes": .list(
        report.mistakes.prefix(25).map { mistake in
          [
            "field": .text(mistake.title), "id": .text(mistake.id.rawValue),
            "feedback": .text(mistake.feedback), "count": .text("\(mistake.count)"),
            "share": .text(percent(mistake.share)), "bar": .markup(Plot.share(mistake.share)),
          ]
        }),
      "nearMisses": .list(
        report.nearMisses.map { near in
          [
            "field": .text(near.title), "near": .text("\(near.near)"), "far": .text("\(near.far)"),
            "restOfRight": .text(percent(near.restOfRight)),
            "restOfNear": .text(percent(near.restOfNear)),
            "restOfFar": .text(percent(near.restOfFar)), "cause": .text(words(near.cause)),
          ]
        }),
    ]
  }

  private func words(_ cause: ExamReport.NearMisses.Cause) -> String {
    switch cause {
    case .tolerance: "rather the tolerance"
    case .knowledge: "rather the knowledge"
    case .unclear: "too few to say"
    }
  }

  private var drawValues: TemplateValues {
    let rows = { (list: [ExamReport.Difficulty]) in
      list.map { Plot.Interval(name: $0.name, value: $0.logits, reach: 1.96 * $0.error) }
    }
    return [
      "fairness": .list(
        report.fairness.map { unfair in
          let draws = unfair.test.groups.map { group in
            "\(group.name): \(percent(Double(group.right) / Double(max(1, group.count)))) of "
              + "\(group.count)"
          }
          return [
            "field": .text(unfair.title), "draws": .text(draws.joined(separator: "; ")),
            "chance": .text(Self.chance(unfair.test.chance)),
            "corrected": .text(Self.chance(unfair.corrected)),
            "isUnfair": .flag(unfair.corrected < 0.05),
          ]
        }),
      "hasRasch": .flag(!report.difficulties.isEmpty),
      "families": .markup(
        Plot.intervals(
          rows(report.families),
          says: "Difficulties of the families in logits, easiest first, with 95 % intervals.")),
      "difficulties": .list(
        report.difficulties.map {
          [
            "name": .text($0.name), "family": .text($0.family.rawValue),
            "logits": .text($0.logits.fixed(2)), "error": .text($0.error.fixed(2)),
          ]
        }),
    ]
  }

  private var runValues: TemplateValues {
    let other = report.comparison
    let shifts = { (shifts: [RunComparison.Shift], show: (Double) -> String) -> TemplateValue in
      .list(
        shifts.map {
          [
            "name": .text($0.name), "before": .text(show($0.before)),
            "after": .text(show($0.after)),
            "change": .text(($0.after > $0.before ? "+" : "") + show($0.after - $0.before)),
          ]
        })
    }
    return [
      "hasComparison": .flag(other != nil),
      "otherRun": .text(other.map { "\($0.other.run.run)" } ?? ""),
      "otherCandidates": .text(other.map { "\($0.otherCandidates)" } ?? ""),
      "otherMean": .text(marks(other?.otherMean)),
      "otherAlpha": .text(other?.otherAlpha?.fixed(2) ?? "–"),
      "hasMoves": .flag(other?.moves != nil),
      "moves": .text(other?.moves.map(Self.words) ?? ""),
      "facilities": shifts(other?.facilities ?? []) { percent($0) },
      "linked": shifts(other?.difficulties ?? []) { $0.fixed(2) },
      "suppositions": .list(
        report.suppositions.map { supposition in
          [
            "name": .text(supposition.name), "moves": .text(Self.words(supposition)),
            "movers": .list(
              supposition.movers.map {
                [
                  "candidate": .text($0.candidate.rawValue), "before": .text("\($0.before)"),
                  "after": .text("\($0.after)"), "change": .text(Self.signed($0.change)),
                ]
              }),
          ]
        }),
    ]
  }

  /// `12 of 40 move: 10 up, 2 down`.
  package static func words(_ count: MoveCount) -> String {
    "\(count.changed) of \(count.compared) candidates have other verdicts: \(count.up) gain, "
      + "\(count.down) lose, \(count.points) points together"
  }

  package static func words(_ supposition: Supposition) -> String {
    "Of \(supposition.compared) candidates \(supposition.gain) would have more of the points to be "
      + "had, \(supposition.lose) fewer"
  }

  /// Percent with their sign.
  package static func signed(_ percent: Double) -> String {
    (percent > 0 ? "+" : "") + percent.fixed(1)
  }

  package static func chance(_ p: Double) -> String { p < 0.0001 ? "< 0.0001" : p.fixed(4) }

  private func marks(_ hundredths: Double?) -> String {
    hundredths.map { ($0 / 100).fixed(2) } ?? "–"
  }

  private func percent(_ share: Double?) -> String {
    share.map { "\((100 * $0).fixed(1)) %" } ?? "–"
  }
}
