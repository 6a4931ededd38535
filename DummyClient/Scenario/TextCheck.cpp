#include "DummyClient/Scenario/TextCheck.h"

#include <algorithm>

namespace loadtest {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kLineEnds = "\n\v\f\r";
// A closing bracket has an error of toml++'s own.
constexpr std::string_view kBeginsName = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-\"']";

// Where in a line, in bytes from 0.
struct LineFault {
    std::size_t at;
    std::string_view what;
};

// A line up to the first fault, or up to something that toml++ takes no further step behind.
struct LineVerdict {
    std::optional<LineFault> fault;
    bool isLast = false;
};

std::optional<LineFault> FindNamelessHeader(std::string_view line) noexcept {
    std::size_t at = std::min(line.find_first_not_of(kBlanks), line.size());
    if (!line.substr(at).starts_with('[')) {
        return std::nullopt;
    }
    at += line.substr(at).starts_with("[[") ? 2U : 1U;
    at = std::min(line.find_first_not_of(kBlanks, at), line.size());
    if (at < line.size() && kBeginsName.find(line[at]) != std::string_view::npos) {
        return std::nullopt;
    }
    return LineFault{.at = at, .what = "a name belongs between the brackets, as in [[group]]"};
}

// The position behind the text in quotes that begins at `at`. Nothing: it does not end in this line.
std::optional<std::size_t> EndOfText(std::string_view line, std::size_t at) noexcept {
    const char quote = line[at];
    for (std::size_t i = at + 1; i < line.size(); ++i) {
        if (line[i] == quote) {
            return i + 1;
        }
        i += quote == '"' && line[i] == '\\' ? 1U : 0U;
    }
    return std::nullopt;
}

// One line, character by character.
class LineJudge {
public:
    explicit LineJudge(std::string_view line) noexcept : line_(line) {}

    LineVerdict Judge() noexcept {
        if (const auto fault = FindNamelessHeader(line_)) {
            return {.fault = fault, .isLast = true};
        }
        for (std::size_t at = 0; at < line_.size() && line_[at] != '#';) {
            if (const std::string_view what = FaultAt(at); !what.empty()) {
                return {.fault = LineFault{.at = at, .what = what}, .isLast = true};
            }
            if (line_[at] != '"' && line_[at] != '\'') {
                ++at;
                continue;
            }
            const std::optional<std::size_t> end = EndOfText(line_, at);
            if (!end) {
                return {.fault = std::nullopt, .isLast = true};
            }
            at = *end;
        }
        return {};
    }

private:
    // Empty: none.
    std::string_view FaultAt(std::size_t at) noexcept {
        const char c = line_[at];
        if (static_cast<unsigned char>(c) >= 0x80) {
            return "only text in quotes and comments may hold other characters than ASCII";
        }
        if (const std::string_view rest = line_.substr(at); rest.starts_with("\"\"\"") || rest.starts_with("'''")) {
            return "text has one line here; one quotation mark at each end will do";
        }
        // Else toml++ would take what follows for a part of the number before it, quotes and all.
        constexpr std::string_view kOpeners = "\"'[{";
        constexpr std::string_view kBeforeOpeners = " \t,=[{";
        const bool isOpener = kOpeners.find(c) != std::string_view::npos;
        if ((isOpener && at > 0 && kBeforeOpeners.find(line_[at - 1]) == std::string_view::npos) || (c == '=' && hasEquals_)) {
            return "does not belong here; is there a comma or a line's end missing before it?";
        }
        hasEquals_ = c == '=' || (hasEquals_ && c != ',' && c != '{');
        return {};
    }

    const std::string_view line_;
    bool hasEquals_ = false;  // since the last comma or bracket
};

bool BeginsCharacter(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // UTF-8
}

}  // namespace

std::optional<TextFault> FindTextFault(std::string_view toml) noexcept {
    if (toml.starts_with(kByteOrderMark)) {
        toml.remove_prefix(kByteOrderMark.size());
    }
    for (std::size_t lineNumber = 1;;) {
        const std::size_t end = std::min(toml.find_first_of(kLineEnds), toml.size());
        const LineVerdict verdict = LineJudge(toml.substr(0, end)).Judge();
        if (verdict.fault) {
            const std::string_view before = toml.substr(0, verdict.fault->at);
            const auto column = static_cast<std::size_t>(std::count_if(before.begin(), before.end(), BeginsCharacter)) + 1;
            return TextFault{.line = lineNumber, .column = column, .what = verdict.fault->what};
        }
        if (verdict.isLast || end == toml.size()) {
            return std::nullopt;
        }
        lineNumber += toml[end] == '\n' ? 1U : 0U;
        toml.remove_prefix(end + 1);
    }
}

}  // namespace loadtest
