#include "architecture/functions.h"

#include <algorithm>
#include <optional>
#include <regex>

namespace selfheal::architecture {
namespace {

// Walks C++ text and blanks what is not code.
class Blanker {
 public:
  explicit Blanker(std::string text) : text_(std::move(text)) {}

  std::string Run() {
    while (at_ < text_.size()) Step();
    return std::move(text_);
  }

 private:
  bool Starts(const char* what) const {
    return text_.compare(at_, std::char_traits<char>::length(what), what) == 0;
  }

  void Step() {
    if (Starts("//")) return BlankTo(text_.find('\n', at_), 0);
    if (Starts("/*")) return BlankTo(text_.find("*/", at_ + 2), 2);
    if (Starts("R\"") && !Identifier(at_)) return RawString();
    if (text_[at_] == '"') return Literal('"');
    // A quote between digits separates them: 10'000.
    if (text_[at_] == '\'' && !Identifier(at_)) return Literal('\'');
    if (text_[at_] == '#' && AtLineStart()) return Directive();
    ++at_;
  }

  bool Identifier(std::size_t at) const {
    return at > 0 && (std::isalnum(static_cast<unsigned char>(text_[at - 1])) ||
                      text_[at - 1] == '_');
  }

  bool AtLineStart() const {
    std::size_t i = at_;
    while (i > 0 && (text_[i - 1] == ' ' || text_[i - 1] == '\t')) --i;
    return i == 0 || text_[i - 1] == '\n';
  }

  void BlankTo(std::size_t end, std::size_t more) {
    end = end == std::string::npos ? text_.size()
                                   : std::min(end + more, text_.size());
    for (; at_ < end; ++at_) {
      if (text_[at_] != '\n') text_[at_] = ' ';
    }
  }

  void Literal(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    BlankTo(end, 1);
  }

  void RawString() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string::npos) return BlankTo(open, 0);
    const std::string close =
        ")" + text_.substr(at_ + 2, open - at_ - 2) + "\"";
    BlankTo(text_.find(close, open), close.size());
  }

  void Directive() {
    std::size_t end = text_.find('\n', at_);
    while (end != std::string::npos && end > 0 && text_[end - 1] == '\\') {
      end = text_.find('\n', end + 1);
    }
    BlankTo(end, 0);
  }

  std::string text_;
  std::size_t at_ = 0;
};

enum class Block { kScope, kFunction, kOther };

Block KindOf(const std::string& head) {
  static const std::regex kScope(R"(^\s*(template\s*<[\s\S]*>\s*)?(inline\s+)?)"
                                 R"((namespace|class|struct|union|extern)\b)");
  static const std::regex kEnum(R"(^\s*enum\b)");
  if (std::regex_search(head, kEnum)) return Block::kOther;
  if (std::regex_search(head, kScope)) {
    // `struct Shape Make(int n) {` is a function; a macro in a class head,
    // such as CAPABILITY("mutex"), comes before the name.
    static const std::regex kReturnsStruct(R"(\)\s*(const|noexcept|\s)*$)");
    return std::regex_search(head, kReturnsStruct) &&
                   head.find("namespace") == std::string::npos
               ? Block::kFunction
               : Block::kScope;
  }
  // An initialiser has its `=` outside parentheses; `operator=` does not count.
  int depth = 0;
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '(') ++depth;
    if (head[i] == ')') --depth;
    if (head[i] != '=' || depth != 0) continue;
    if (head.find("operator") == std::string::npos) return Block::kOther;
  }
  return head.find('(') == std::string::npos ? Block::kOther : Block::kFunction;
}

// Finds the braces that open functions; `scopes_` is the stack of open blocks.
class Walker {
 public:
  explicit Walker(std::string code) : code_(std::move(code)) {}

  std::vector<Function> Run() {
    for (at_ = 0; at_ < code_.size(); ++at_) {
      const char c = code_[at_];
      if (c == '{') {
        Open();
      } else if (c == '}') {
        Close();
      } else if (c == ';' || (c == ':' && AfterAccess())) {
        if (!inside_) head_ = at_ + 1;
      }
    }
    return std::move(found_);
  }

 private:
  bool AfterAccess() const {
    static const std::regex kAccess(R"(^\s*(public|private|protected)\s*$)");
    return !inside_ &&
           std::regex_match(code_.substr(head_, at_ - head_), kAccess);
  }

  void Open() {
    ++depth_;
    if (inside_) return;
    const std::string head = code_.substr(head_, at_ - head_);
    const Block kind = KindOf(head);
    if (kind == Block::kScope) {
      head_ = at_ + 1;
      return;
    }
    inside_ = depth_;
    kind_ = kind;
    start_ = head_ + std::min(head.find_first_not_of(" \t\n"), head.size());
  }

  void Close() {
    --depth_;
    if (!inside_) {
      head_ = at_ + 1;
      return;
    }
    if (depth_ >= *inside_) return;
    inside_.reset();
    // `: field_{value} {` of a constructor: the body is still to come.
    if (kind_ == Block::kFunction && InitialiserContinues()) return;
    if (kind_ == Block::kFunction) Record();
    head_ = at_ + 1;
  }

  bool InitialiserContinues() const {
    const std::size_t next = code_.find_first_not_of(" \t\n", at_ + 1);
    if (next == std::string::npos) return false;
    return code_[next] == ',' || code_[next] == '{';
  }

  void Record() {
    const auto line_of = [&](std::size_t position) {
      return static_cast<std::size_t>(std::count(
          code_.begin(), code_.begin() + static_cast<std::ptrdiff_t>(position),
          '\n'));
    };
    const std::size_t first = line_of(start_);
    const std::string text = code_.substr(start_, at_ - start_);
    found_.push_back({text.substr(0, text.find_first_of("{\n")), first + 1,
                      line_of(at_) - first + 1});
  }

  std::string code_;
  std::vector<Function> found_;
  std::size_t at_ = 0;
  std::size_t head_ = 0;
  std::size_t start_ = 0;
  int depth_ = 0;
  std::optional<int> inside_;
  Block kind_ = Block::kOther;
};

bool HasBudget(const std::vector<std::string>& lines, std::size_t from,
               std::size_t to) {
  for (std::size_t i = from; i < std::min(to, lines.size()); ++i) {
    const std::size_t comment = lines[i].find("//");
    if (comment == std::string::npos) continue;
    const std::size_t mark = lines[i].find("budget: ", comment);
    if (mark != std::string::npos && mark + 8 < lines[i].size()) return true;
  }
  return false;
}

}  // namespace

std::string Blank(const SourceFile& file) { return Blanker(file.Text()).Run(); }

std::vector<Function> Functions(const SourceFile& file) {
  return Walker(Blank(file)).Run();
}

std::vector<std::string> LongFiles(const std::vector<SourceFile>& files,
                                   std::size_t limit) {
  std::vector<std::string> findings;
  for (const SourceFile& file : files) {
    if (file.lines.size() <= limit) continue;
    if (HasBudget(file.lines, 0, file.lines.size())) continue;
    findings.push_back(file.path + ": " + std::to_string(file.lines.size()) +
                       " lines and no `budget: reason`");
  }
  return findings;
}

std::vector<std::string> LongFunctions(const std::vector<SourceFile>& files,
                                       std::size_t limit) {
  std::vector<std::string> findings;
  for (const SourceFile& file : files) {
    for (const Function& function : Functions(file)) {
      if (function.lines <= limit) continue;
      const std::size_t first = function.line - 1;
      const std::size_t above = first > 8 ? first - 8 : 0;
      if (HasBudget(file.lines, above, first + function.lines)) continue;
      findings.push_back(
          file.path + ":" + std::to_string(function.line) + ": " +
          std::to_string(function.lines) +
          " lines and no `budget: reason`: " + function.signature);
    }
  }
  return findings;
}

}  // namespace selfheal::architecture
