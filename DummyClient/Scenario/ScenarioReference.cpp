#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "DummyClient/Scenario/ScenarioFile.h"
#include "DummyClient/Scenario/ScenarioKeys.h"

namespace loadtest {

namespace {

std::string KindText(const KeyInfo& key) {
    switch (key.kind) {
        case ValueKind::Text: return "text";
        case ValueKind::Texts: return "list of text";
        case ValueKind::Count: return "whole number, " + RangeText(key);
        case ValueKind::Number: return "number, " + RangeText(key);
        case ValueKind::Truth: return "true or false";
        case ValueKind::Duration: return "duration, " + RangeText(key);
        case ValueKind::Table: return "table";
        case ValueKind::Tables: return "tables";
    }
    return {};
}

std::string Row(const KeyInfo& key, std::string_view name) {
    const std::string otherwise = key.defaultValue.empty() ? "has to be there" : fmt::format("`{}`", key.defaultValue);
    return fmt::format("| `{}` | {} | {} | {} |\n", name, KindText(key), otherwise, key.about);
}

std::string Table(std::string_view title, std::span<const KeyInfo> keys) {
    std::string text = fmt::format("| {} | Value | Default | What |\n|---|---|---|---|\n", title);
    for (const KeyInfo& key : keys) {
        text += Row(key, key.name);
    }
    return text;
}

std::string ShapeTable() {
    std::string text = "| Shape | Value | Default | What |\n|---|---|---|---|\n";
    for (const ShapeInfo& shape : Shapes()) {
        text += fmt::format("| `kind = \"{}\"` | | | **{}** |\n", shape.kind, shape.about);
        for (const KeyInfo& key : shape.keys) {
            text += Row(key, key.name);
        }
    }
    return text;
}

}  // namespace

std::string ScenarioReference() {
    return fmt::format("{}\n{}\n{}", Table("Scenario", ScenarioKeys()), Table("[[group]]", GroupKeys()), ShapeTable());
}

}  // namespace loadtest
