#include <iterator>

#include <fmt/format.h>

#include "DummyClient/Report/ReportText.h"
#include "DummyClient/Report/Utf8.h"

namespace loadtest {

namespace {

// For the text of an attribute. XML has no way at all to say most control characters.
std::string Escaped(const std::string& text) {
    std::string escaped;
    for (const char character : ValidUtf8(text)) {
        switch (character) {
            case '&': escaped += "&amp;"; break;
            case '<': escaped += "&lt;"; break;
            case '>': escaped += "&gt;"; break;
            case '"': escaped += "&quot;"; break;
            case '\n': escaped += "&#10;"; break;
            case '\t': escaped += "&#9;"; break;
            default: escaped += static_cast<unsigned char>(character) < 0x20 ? '?' : character; break;
        }
    }
    return escaped;
}

class Cases {
public:
    // `problem`: empty when the case has passed.
    void Add(const char* group, const std::string& name, const std::string& problem) {
        ++count_;
        fmt::format_to(std::back_inserter(text_), "    <testcase classname=\"{}\" name=\"{}\"", group, Escaped(name));
        if (problem.empty()) {
            text_ += "/>\n";
            return;
        }
        ++failures_;
        fmt::format_to(std::back_inserter(text_), ">\n      <failure message=\"{}\"/>\n    </testcase>\n", Escaped(problem));
    }

    [[nodiscard]] std::string Document(const std::string& suite, double seconds) const {
        return fmt::format(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" time=\"{:.3f}\">\n{}  "
            "</testsuite>\n</testsuites>\n",
            Escaped(suite), count_, failures_, seconds, text_);
    }

private:
    std::string text_;
    std::size_t count_ = 0;
    std::size_t failures_ = 0;
};

}  // namespace

std::string ToJUnit(const RunReport& report) {
    Cases cases;
    cases.Add("generator", "the load tester kept up", report.generator.saturated ? "generator saturated: " + report.generator.reason : "");
    for (const ThresholdResult& threshold : report.thresholds) {
        cases.Add("threshold", threshold.text, threshold.passed ? "" : "found: " + threshold.found);
    }
    for (const RunCheck& check : report.checks) {
        cases.Add("check", check.name,
                  check.failed == 0 ? "" : fmt::format("failed {} times of {}", check.failed, check.failed + check.passed));
    }
    cases.Add("check", "nothing is lost", report.totals.lost == 0 ? "" : fmt::format("{} deliveries never came", report.totals.lost));
    return cases.Document("DummyClient " + report.meta.scenario, report.totals.seconds);
}

}  // namespace loadtest
