@main struct Gradus {
  static func main() { print("gradus") }
}
