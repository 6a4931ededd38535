#include "DummyClient/Report/HtmlPage.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "DummyClient/Report/JsonValue.h"
#include "DummyClient/Report/PageParts.h"
#include "DummyClient/Report/SampleMath.h"

namespace loadtest {

namespace {

constexpr std::size_t kMostSamples = 1800;

// Data inside a script element: nothing in it may look like markup, least of all the element's end.
std::string WithoutMarkup(std::string_view json) {
    std::string text;
    text.reserve(json.size());
    for (const char character : json) {
        switch (character) {
            case '<': text += "\\u003c"; break;
            case '>': text += "\\u003e"; break;
            case '&': text += "\\u0026"; break;
            default: text += character; break;
        }
    }
    return text;
}

JsonValue DataOf(RunReport report) {
    report.samples = Thinned(report.samples, kMostSamples);
    KindTotals all{.name = "all", .response = {}, .service = {}};
    for (const KindTotals& kind : report.latency) {
        all.response.Add(kind.response);
        all.service.Add(kind.service);
    }
    report.latency.push_back(std::move(all));
    JsonValue data = ToJsonValue(report, HistogramsAs::Summary);
    data["all"] = data["latency"].back();
    data["latency"].erase(data["latency"].size() - 1);
    return data;
}

JsonValue DataOf(const std::vector<ComparedFigure>& figures) {
    JsonValue list = JsonValue::array();
    for (const ComparedFigure& figure : figures) {
        JsonValue row = {{"group", figure.group},
                         {"name", figure.name},
                         {"a", ShowFigure(figure.a, figure.unit)},
                         {"b", ShowFigure(figure.b, figure.unit)},
                         {"verdict", ToString(figure.verdict)}};
        row["change"] = figure.changePercent ? JsonValue(*figure.changePercent) : JsonValue();
        row["noise"] = figure.noisePercent ? JsonValue(*figure.noisePercent) : JsonValue();
        list.push_back(std::move(row));
    }
    return list;
}

// The policy lets the page fetch nothing, whatever is in it.
std::string PageWith(const JsonValue& data) {
    constexpr std::string_view kHead =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src "
        "'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Load test</title>\n";
    std::string page(kHead);
    const auto add = [&](std::string_view before, std::string_view part, std::string_view after) {
        page.append(before).append(part).append(after);
    };
    add("<!-- The charts are drawn with uPlot. Its license:\n", ChartLicense(), "\n-->\n");
    add("<style>\n", ChartStyle(), "</style>\n");
    add("<style>\n", PageStyle(),
        "</style>\n</head>\n<body>\n<noscript>This report is drawn by a script; allow scripts to see it.</noscript>\n");
    add("<main id=\"page\"></main>\n<script type=\"application/json\" id=\"data\">", WithoutMarkup(DumpJson(data)), "</script>\n");
    add("<script>\n", ChartScript(), "</script>\n");
    add("<script>\n", PageScript(), "</script>\n</body>\n</html>\n");
    return page;
}

}  // namespace

std::string ToHtml(const RunReport& report) {
    return PageWith({{"runs", JsonValue::array({DataOf(report)})}});
}

std::string ToHtml(const RunReport& a, const std::string& nameOfA, const RunReport& b, const std::string& nameOfB) {
    return PageWith({{"runs", JsonValue::array({DataOf(a), DataOf(b)})},
                     {"names", JsonValue::array({nameOfA, nameOfB})},
                     {"figures", DataOf(Compare(a, b))}});
}

}  // namespace loadtest
