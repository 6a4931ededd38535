#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "DummyClient/Scenario/GroupRules.h"
#include "DummyClient/Scenario/NearestName.h"
#include "DummyClient/Scenario/OptionText.h"
#include "DummyClient/Scenario/ScenarioFile.h"
#include "DummyClient/Scenario/TableReader.h"
#include "DummyClient/Scenario/TextCheck.h"

namespace loadtest {

namespace {

bool IsKeyOf(std::span<const KeyInfo> keys, std::string_view name) {
    return std::ranges::find(keys, name, &KeyInfo::name) != keys.end();
}

bool IsKeyOfAShape(std::string_view name) {
    return std::ranges::any_of(Shapes(), [name](const ShapeInfo& shape) { return IsKeyOf(shape.keys, name); });
}

// "world" of "scenarios/world.toml".
std::string NameFromFile(const std::string& fileName) {
    const std::size_t slash = fileName.find_last_of("/\\");
    std::string name = slash == std::string::npos ? fileName : fileName.substr(slash + 1);
    constexpr std::string_view kEnding = ".toml";
    if (name.size() > kEnding.size() && name.ends_with(kEnding)) {
        name.resize(name.size() - kEnding.size());
    }
    return name;
}

// One file, from text to scenario.
class ScenarioReader {
public:
    ScenarioReader(std::span<const BehaviourInfo> behaviours, FileMistakes& mistakes) : behaviours_(behaviours), mistakes_(mistakes) {}

    Scenario Read(const toml::table& root, const std::string& fileName) {
        TableReader table(root, ScenarioKeys(), mistakes_);
        RefuseUnknown(root, NamesOf(ScenarioKeys()), [&](std::string_view key) -> std::string {
            return IsKeyOf(GroupKeys(), key) ? fmt::format("'{}' belongs below a [[group]]", key) : std::string();
        });
        Scenario scenario;
        scenario.name = table.Text("name");
        if (scenario.name.empty()) {
            scenario.name = NameFromFile(fileName);
        }
        scenario.about = table.Text("about");
        scenario.seed = table.Count("seed");
        scenario.warmUp = table.Span("warm_up");
        scenario.duration = table.Span("duration");
        scenario.connectRate = table.Number("connect_rate");
        scenario.thresholds = table.Texts("thresholds");
        play_ = scenario.Play();
        scenario.groups = ReadGroups(table);
        scenario.SeedShapes();
        return scenario;
    }

private:
    std::vector<GroupPlan> ReadGroups(TableReader& scenario) {
        const toml::node* const value = scenario.Table().get("group");
        const toml::array* const list = value == nullptr ? nullptr : value->as_array();
        if (list == nullptr || list->empty()) {
            scenario.Complain("group", value == nullptr || list != nullptr ? "there is none; write [[group]] and its behaviour below"
                                                                           : "is a list: write [[group]] with two brackets");
            return {};
        }
        std::vector<GroupPlan> groups;
        for (const toml::node& item : *list) {
            if (const toml::table* const table = item.as_table()) {
                GroupPlan group = ReadGroup(*table);
                if (std::ranges::find(groups, group.name, &GroupPlan::name) != groups.end() && !group.name.empty()) {
                    TableReader(*table, GroupKeys(), mistakes_)
                        .Complain("name",
                                  fmt::format("there is another group of the name '{}'; give this one a name of its own", group.name));
                }
                groups.push_back(std::move(group));
            } else {
                scenario.Complain("group", "holds something that is no table; write [[group]] above the keys of each");
            }
        }
        return groups;
    }

    GroupPlan ReadGroup(const toml::table& source) {
        TableReader table(source, GroupKeys(), mistakes_);
        GroupPlan group;
        group.behaviour = table.Text("behaviour");
        const BehaviourInfo* const behaviour = FindBehaviour(table, group.behaviour);
        RefuseUnknown(source, NamesOf(GroupKeys()), [&](std::string_view key) { return WhereItBelongs(key, behaviour); });
        group.name = table.Text("name");
        if (group.name.empty()) {
            group.name = group.behaviour;
        }
        group.shape = ReadShape(table);
        if (!group.shape.IsArrival()) {
            group.bots = table.Count("bots");
        } else if (table.Has("bots")) {
            table.Complain("bots", "is not for arrivals; per_second and the duration say how many come");
        }
        ReadPace(table, behaviour, group);
        if (behaviour != nullptr) {
            group.options = ReadOptions(table, *behaviour);
        }
        CheckFit(table, group);
        return group;
    }

    void ReadPace(TableReader& table, const BehaviourInfo* behaviour, GroupPlan& group) {
        if (behaviour == nullptr || behaviour->hasRate) {
            group.rate = table.Number("rate");
            group.think = ReadThink(table);
            return;
        }
        for (const std::string_view key : {"rate", "think"}) {
            if (table.Has(key)) {
                table.Complain(key, fmt::format("behaviour '{}' sets its own pace; leave it out", behaviour->name));
            }
        }
    }

    // Values that are wrong in themselves have been complained of; more about them would only confuse.
    void CheckFit(TableReader& table, const GroupPlan& group) {
        if (!mistakes_.IsEmpty()) {
            return;
        }
        for (const GroupFault& fault : FaultsOf(group, play_)) {
            const toml::table* const shape = fault.shapeKey.empty() ? nullptr : table.Table("shape");
            if (shape != nullptr) {
                TableReader(*shape, {}, mistakes_).Complain(fault.shapeKey, fault.what);
            } else {
                table.Complain("shape", fault.what);
            }
        }
    }

    const BehaviourInfo* FindBehaviour(TableReader& table, const std::string& name) {
        const auto behaviour = std::ranges::find(behaviours_, name, &BehaviourInfo::name);
        if (behaviour != behaviours_.end()) {
            return &*behaviour;
        }
        if (table.Has("behaviour") && table.Table().get("behaviour")->is_string()) {
            std::vector<std::string_view> known;
            std::ranges::transform(behaviours_, std::back_inserter(known), &BehaviourInfo::name);
            table.Complain("behaviour", fmt::format("there is no {}{}", Quoted(name), SuggestName(name, known)));
        }
        return nullptr;
    }

    static std::string WhereItBelongs(std::string_view key, const BehaviourInfo* behaviour) {
        if (behaviour != nullptr && FindOption(*behaviour, key) != nullptr) {
            return fmt::format("'{}' is an option of the behaviour; it belongs below [group.options]", key);
        }
        if (IsKeyOf(ScenarioKeys(), key)) {
            return fmt::format("'{}' is of the whole scenario; it belongs above the first [[group]]", key);
        }
        return IsKeyOfAShape(key) || key == "kind" ? fmt::format("'{}' belongs into shape = {{ ... }}", key) : std::string();
    }

    ThinkTime ReadThink(TableReader& table) {
        const std::string name = table.Text("think");
        const auto think = std::ranges::find(kThinkNames, name);
        if (think == kThinkNames.end()) {
            table.Complain("think", fmt::format("there is no {}{}", Quoted(name), SuggestName(name, kThinkNames)));
            return ThinkTime::Even;
        }
        return static_cast<ThinkTime>(think - kThinkNames.begin());
    }

    LoadShape ReadShape(TableReader& group) {
        const toml::table* const source = group.Table("shape");
        if (source == nullptr) {
            return {};
        }
        static constexpr std::array kKindKey = {KeyInfo{"kind", ValueKind::Text, "", "steady, ramp, steps, spike, soak or arrival"}};
        TableReader kindTable(*source, kKindKey, mistakes_);
        const std::string kind = kindTable.Text("kind");
        const auto info = std::ranges::find(Shapes(), kind, &ShapeInfo::kind);
        if (info == Shapes().end()) {
            if (kindTable.Has("kind") && source->get("kind")->is_string()) {
                std::vector<std::string_view> kinds;
                std::ranges::transform(Shapes(), std::back_inserter(kinds), &ShapeInfo::kind);
                kindTable.Complain("kind", fmt::format("there is no shape {}{}", Quoted(kind), SuggestName(kind, kinds)));
            }
            return {};
        }
        std::vector<std::string_view> known = NamesOf(info->keys);
        known.push_back("kind");
        RefuseUnknown(*source, known, [&](std::string_view key) -> std::string {
            return IsKeyOfAShape(key) ? fmt::format("'{}' is not for the shape {}", key, kind) : std::string();
        });
        TableReader table(*source, info->keys, mistakes_);
        return ShapeFrom(static_cast<std::size_t>(info - Shapes().begin()), table);
    }

    static LoadShape ShapeFrom(std::size_t index, TableReader& table) {
        switch (index) {
            case 1: return {LoadShape::Ramp{.over = table.Span("over"), .from = table.Count("from")}};
            case 2: return {LoadShape::Steps{.count = table.Count("count"), .every = table.Span("every")}};
            case 3:
                return {LoadShape::Spike{
                    .base = table.Count("base"), .at = table.Span("at"), .length = table.Span("length"), .every = table.Span("every")}};
            case 4: return {LoadShape::Soak{.over = table.Span("over")}};
            case 5:
                return {LoadShape::Arrival{
                    .perSecond = table.Number("per_second"), .stay = table.Span("stay"), .random = table.Truth("random"), .seed = 0}};
            default: return {};
        }
    }

    BehaviourOptions ReadOptions(TableReader& group, const BehaviourInfo& behaviour) {
        BehaviourOptions options;
        for (const OptionInfo& option : behaviour.options) {
            options[option.name] = NormalText(KindOf(option), option.defaultValue).value_or(option.defaultValue);
        }
        const toml::table* const source = group.Table("options");
        if (source == nullptr) {
            return options;
        }
        std::vector<std::string_view> known;
        std::ranges::transform(behaviour.options, std::back_inserter(known), &OptionInfo::name);
        RefuseUnknown(*source, known, [&](std::string_view key) {
            return known.empty() ? fmt::format("'{}': behaviour '{}' has no options", key, behaviour.name) : std::string();
        });
        TableReader table(*source, {}, mistakes_);
        for (const OptionInfo& option : behaviour.options) {
            if (table.Has(option.name)) {
                if (const auto text = table.Option(option)) {
                    options[option.name] = *text;
                }
            }
        }
        return options;
    }

    // `better`: what to say instead of a suggestion, or nothing.
    template <class Better>
    void RefuseUnknown(const toml::table& table, std::span<const std::string_view> known, Better better) {
        for (const auto& [key, value] : table) {
            if (std::ranges::find(known, key.str()) == known.end()) {
                const std::string hint = better(key.str());
                mistakes_.Add(key.source(),
                              hint.empty() ? fmt::format("unknown key '{}'{}", key.str(), SuggestName(key.str(), known)) : hint);
            }
        }
    }

    const std::span<const BehaviourInfo> behaviours_;
    FileMistakes& mistakes_;
    servercore::Duration play_{};
};

}  // namespace

ReadScenarioResult ReadScenario(std::string_view toml, const std::string& fileName, std::span<const BehaviourInfo> behaviours) {
    FileMistakes mistakes;
    ReadScenarioResult result;
    if (const auto fault = FindTextFault(toml)) {
        const toml::source_position position{.line = static_cast<toml::source_index>(fault->line),
                                             .column = static_cast<toml::source_index>(fault->column)};
        mistakes.Add({.begin = position, .end = {}, .path = {}}, std::string(fault->what));
    } else if (const toml::parse_result parsed = toml::parse(toml); !parsed) {
        mistakes.Add(parsed.error().source(), std::string(parsed.error().description()));
    } else {
        result.scenario = ScenarioReader(behaviours, mistakes).Read(parsed.table(), fileName);
    }
    if (!mistakes.IsEmpty()) {
        result = {.scenario = std::nullopt, .mistakes = mistakes.Lines(fileName)};
    }
    return result;
}

}  // namespace loadtest
