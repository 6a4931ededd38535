#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "DummyClient/Report/JsonFields.h"
#include "DummyClient/Report/JsonValue.h"
#include "DummyClient/Report/ReportJson.h"

namespace loadtest {

namespace {

// Percentile and latency in milliseconds, ever closer to 100: a tail is seen when each step halves what is left.
JsonValue CurveOf(const Histogram& histogram) {
    constexpr int kStepsPerHalving = 4;
    JsonValue curve = JsonValue::array();
    const auto count = static_cast<double>(histogram.Count());
    for (int step = 0; count > 0; ++step) {
        const double left = std::pow(0.5, static_cast<double>(step) / kStepsPerHalving);
        curve.push_back({1 - left, static_cast<double>(histogram.PercentileUs((1 - left) * 100)) / 1000});
        if (left * count < 1) {
            break;
        }
    }
    return curve;
}

JsonValue SummaryOf(const Histogram& histogram) {
    constexpr std::array<std::pair<const char*, double>, 7> kPercentiles = {
        {{"p50_us", 50}, {"p75_us", 75}, {"p90_us", 90}, {"p95_us", 95}, {"p99_us", 99}, {"p999_us", 99.9}, {"p9999_us", 99.99}}};
    JsonValue summary = {
        {"count", histogram.Count()}, {"min_us", histogram.MinUs()}, {"mean_us", histogram.MeanUs()}, {"max_us", histogram.MaxUs()}};
    for (const auto& [name, percentile] : kPercentiles) {
        summary[name] = histogram.PercentileUs(percentile);
    }
    summary["curve"] = CurveOf(histogram);
    return summary;
}

// An archive of JsonFields.h.
class Writer {
public:
    template <class T>
    using Of = const T;

    explicit Writer(HistogramsAs histograms) : histograms_(histograms) {}

    template <class T>
    void operator()(const char* name, const T& value) {
        object_[name] = Value(value);
    }

    [[nodiscard]] JsonValue Take() { return std::move(object_); }

private:
    template <class T>
    requires std::integral<T>
    [[nodiscard]] JsonValue Value(T value) const { return value; }
    [[nodiscard]] JsonValue Value(double value) const { return std::isfinite(value) ? value : 0; }
    [[nodiscard]] JsonValue Value(const std::string& value) const { return value; }

    [[nodiscard]] JsonValue Value(const Histogram& histogram) const {
        if (histograms_ == HistogramsAs::Summary) {
            return SummaryOf(histogram);
        }
        JsonValue cells = JsonValue::array();
        for (const Histogram::Cell& cell : histogram.Cells()) {
            cells.push_back({cell.lowestUs, cell.count});
        }
        return {{"cells_us", std::move(cells)}};
    }

    [[nodiscard]] JsonValue Value(const LatencyBuckets& buckets) const {
        JsonValue pairs = JsonValue::array();
        for (const auto& [bucket, count] : buckets) {
            pairs.push_back({bucket, count});
        }
        return pairs;
    }

    template <class T>
    [[nodiscard]] JsonValue Value(const std::map<std::string, T>& values) const {
        JsonValue object = JsonValue::object();
        for (const auto& [name, value] : values) {
            object[name] = Value(value);
        }
        return object;
    }

    template <class T>
    [[nodiscard]] JsonValue Value(const std::vector<T>& values) const {
        JsonValue array = JsonValue::array();
        for (const T& value : values) {
            array.push_back(Value(value));
        }
        return array;
    }

    template <class T>
    requires std::is_class_v<T>
    [[nodiscard]] JsonValue Value(const T& fields) const {
        Writer writer(histograms_);
        Fields(writer, fields);
        return writer.Take();
    }

    const HistogramsAs histograms_;
    JsonValue object_ = JsonValue::object();
};

}  // namespace

JsonValue ToJsonValue(const RunReport& report, HistogramsAs histograms) {
    Writer writer(histograms);
    writer("format", std::string("servercore-load-report"));
    writer("format_version", 1);
    Fields(writer, report);
    return writer.Take();
}

std::string DumpJson(const JsonValue& value) {
    return value.dump(-1, ' ', false, JsonValue::error_handler_t::replace);
}

std::string ToJson(const RunReport& report) {
    return DumpJson(ToJsonValue(report, HistogramsAs::Cells)) + "\n";
}

}  // namespace loadtest
