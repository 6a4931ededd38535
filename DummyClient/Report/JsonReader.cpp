#include <algorithm>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "DummyClient/Report/JsonFields.h"
#include "DummyClient/Report/ReportJson.h"

namespace loadtest {

namespace {

using JsonValue = nlohmann::json;  // sorted: an object of a million names must not take a million times a million steps

constexpr std::size_t kMostShown = 40;
// So many fit in any histogram; more are no measurement.
constexpr std::uint64_t kMostRecorded = std::uint64_t{1} << 52;

// Where in the text a value stands. Lives on the stack while the value is read.
struct Place {
    const Place* parent = nullptr;
    std::string_view name;
    std::size_t index = 0;  // when there is no name

    [[nodiscard]] std::string Text() const {
        if (parent == nullptr) {
            return std::string(name);
        }
        const std::string before = parent->Text();
        return name.empty()     ? fmt::format("{}[{}]", before, index)
               : before.empty() ? std::string(name)
                                : fmt::format("{}.{}", before, name);
    }
};

// Thrown and caught in this file.
struct WrongValue {
    std::string problem;
};

std::string Shown(const JsonValue& value) {
    if (value.is_structured()) {
        return value.is_object() ? "an object {...}" : "a list [...]";  // however deep it is
    }
    const std::string text = value.dump(-1, ' ', false, JsonValue::error_handler_t::replace);
    return text.size() > kMostShown ? text.substr(0, kMostShown) + "..." : text;
}

[[noreturn]] void Fail(const Place& place, const char* wanted, const JsonValue& found) {
    const std::string where = place.Text();
    throw WrongValue{fmt::format("{}: expected {}, found {}", where.empty() ? "the file" : where, wanted, Shown(found))};
}

// An archive of JsonFields.h.
class Reader {
public:
    template <class T>
    using Of = T;

    Reader(const JsonValue& object, const Place& place) : object_(object), place_(place) {
        if (!object.is_object()) {
            Fail(place, "an object {...}", object);
        }
    }

    template <class T>
    void operator()(const char* name, T& value) {
        if (const auto found = object_.find(name); found != object_.end()) {
            Read(*found, value, {.parent = &place_, .name = name});
        }
    }

private:
    static void Read(const JsonValue& json, bool& value, const Place& place) {
        if (!json.is_boolean()) {
            Fail(place, "true or false", json);
        }
        value = json.get<bool>();
    }

    template <class T>
    requires std::integral<T>
    static void Read(const JsonValue& json, T& value, const Place& place) {
        if (!json.is_number_integer()) {
            Fail(place, "a whole number", json);
        }
        const bool fits =
            json.is_number_unsigned() ? std::in_range<T>(json.get<std::uint64_t>()) : std::in_range<T>(json.get<std::int64_t>());
        if (!fits) {
            Fail(place, std::is_unsigned_v<T> ? "a whole number that is not negative and not too large" : "a smaller number", json);
        }
        value = json.get<T>();
    }

    static void Read(const JsonValue& json, double& value, const Place& place) {
        if (!json.is_number()) {
            Fail(place, "a number", json);
        }
        value = json.get<double>();
    }

    static void Read(const JsonValue& json, std::string& value, const Place& place) {
        if (!json.is_string()) {
            Fail(place, "a text", json);
        }
        value = json.get<std::string>();
    }

    // Calls use(first, second) with each of [[first, second], ...].
    template <class First, class Use>
    static void ReadPairs(const JsonValue& json, const Place& place, const Use& use) {
        if (!json.is_array()) {
            Fail(place, "a list [...]", json);
        }
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < json.size(); ++i) {
            const Place pairPlace{.parent = &place, .name = {}, .index = i};
            if (!json[i].is_array() || json[i].size() != 2) {
                Fail(pairPlace, "a pair [latency, count]", json[i]);
            }
            First first{};
            std::uint64_t count = 0;
            Read(json[i][0], first, {.parent = &pairPlace, .name = {}, .index = 0});
            Read(json[i][1], count, {.parent = &pairPlace, .name = {}, .index = 1});
            if (count > kMostRecorded - sum) {
                Fail(pairPlace, "a count that can be", json[i]);
            }
            sum += count;
            if (!use(first, count)) {
                Fail(pairPlace, "a latency of at most an hour", json[i]);
            }
        }
    }

    static void Read(const JsonValue& json, Histogram& histogram, const Place& place) {
        if (!json.is_object() || !json.contains("cells_us")) {
            Fail(place, "an object with the list \"cells_us\"", json);
        }
        histogram.Reset();
        ReadPairs<std::int64_t>(json["cells_us"], {.parent = &place, .name = "cells_us"}, [&](std::int64_t latency, std::uint64_t count) {
            const bool possible = latency >= Histogram::kLowestUs && latency <= Histogram::kHighestUs;
            if (possible && count > 0) {
                histogram.RecordUs(latency, count);
            }
            return possible;
        });
    }

    static void Read(const JsonValue& json, LatencyBuckets& buckets, const Place& place) {
        buckets.clear();
        ReadPairs<std::uint32_t>(json, place, [&](std::uint32_t bucket, std::uint64_t count) {
            if (bucket <= kLastLatencyBucket && count > 0) {
                buckets[bucket] += count;
            }
            return bucket <= kLastLatencyBucket;
        });
    }

    template <class T>
    static void Read(const JsonValue& json, std::map<std::string, T>& values, const Place& place) {
        if (!json.is_object()) {
            Fail(place, "an object {...}", json);
        }
        values.clear();
        for (const auto& [name, item] : json.items()) {
            Read(item, values[name], {.parent = &place, .name = name});
        }
    }

    template <class T>
    static void Read(const JsonValue& json, std::vector<T>& values, const Place& place) {
        if (!json.is_array()) {
            Fail(place, "a list [...]", json);
        }
        values.clear();
        for (std::size_t i = 0; i < json.size(); ++i) {
            Read(json[i], values.emplace_back(), {.parent = &place, .name = {}, .index = i});
        }
    }

    template <class T>
    requires std::is_class_v<T>
    static void Read(const JsonValue& json, T& fields, const Place& place) {
        Reader reader(json, place);
        Fields(reader, fields);
    }

    const JsonValue& object_;
    const Place& place_;
};

// Charts walk along the time in steps: it has to go on, and in numbers that still tell a step.
void CheckTimes(const std::vector<RunSample>& samples) {
    constexpr double kLongestSeconds = 1e7;
    constexpr double kShortestStep = 0.001;
    double before = -1;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double t = samples[i].t;
        const double width = samples[i].width;
        if (!(t >= std::max(0.0, before + kShortestStep) && t <= kLongestSeconds)) {
            throw WrongValue{fmt::format("samples[{}].t: expected seconds after those of the sample before, at most {:.0f}, found {}", i,
                                         kLongestSeconds, t)};
        }
        if (!(width >= 0 && width <= kLongestSeconds)) {
            throw WrongValue{fmt::format("samples[{}].width: expected seconds from 0 to {:.0f}, found {}", i, kLongestSeconds, width)};
        }
        before = t;
    }
}

RunReport Read(const JsonValue& json) {
    const Place root;
    Reader reader(json, root);
    std::string format;
    int version = 0;
    reader("format", format);
    reader("format_version", version);
    if (format != "servercore-load-report") {
        throw WrongValue{"this is no report of a load test: it lacks \"format\": \"servercore-load-report\" (write one with --json FILE)"};
    }
    if (version != 1) {
        throw WrongValue{fmt::format("format_version: this tool reads version 1, and the report has version {}", version)};
    }
    RunReport report;
    Fields(reader, report);
    CheckTimes(report.samples);
    return report;
}

}  // namespace

ReadReportResult ParseReport(std::string_view text) {
    try {
        return {.report = Read(JsonValue::parse(text)), .problem = {}};
    } catch (const WrongValue& wrong) {
        return {.report = std::nullopt, .problem = wrong.problem};
    } catch (const JsonValue::exception& error) {
        // "[json.exception.parse_error.101] parse error at line 1, column 2: ...": the first word is for programmers.
        const std::string_view what = error.what();
        const std::size_t end = what.find("] ");
        return {.report = std::nullopt, .problem = "not JSON: " + std::string(end == what.npos ? what : what.substr(end + 2))};
    }
}

}  // namespace loadtest
