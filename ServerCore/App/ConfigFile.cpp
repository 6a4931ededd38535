#include "ServerCore/App/ConfigFile.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <numeric>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace servercore::app {

namespace {

// An option that a file may set, and its name there.
struct Entry {
    std::string key;
    const CLI::Option* option;
};

// In the order in which the program has added them.
std::vector<Entry> EntriesOf(const CLI::App& parser) {
    std::vector<Entry> entries;
    for (const CLI::Option* option : parser.get_options()) {
        if (option->get_configurable() && !option->get_lnames().empty()) {
            entries.push_back({.key = option->get_lnames().front(), .option = option});
        }
    }
    return entries;
}

// How many letters to insert, delete or replace (Levenshtein).
std::size_t Distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

// What may have been meant; empty: nothing that looks like it.
std::string Suggest(std::string_view key, const std::vector<Entry>& known) {
    const auto distance = [key](const Entry& other) { return Distance(key, other.key); };
    const auto nearest = std::ranges::min_element(known, {}, distance);
    return nearest != known.end() && distance(*nearest) <= std::max<std::size_t>(2, key.size() / 3) ? nearest->key : std::string();
}

// As it would stand on the command line. Nothing: a kind of value that no option takes.
std::optional<std::string> TextOf(const toml::node& value) {
    if (const auto text = value.value_exact<std::string>()) {
        return text;
    }
    if (const auto number = value.value_exact<std::int64_t>()) {
        return fmt::to_string(*number);
    }
    if (const auto number = value.value_exact<double>()) {
        return fmt::to_string(*number);
    }
    if (const auto truth = value.value_exact<bool>()) {
        return *truth ? "true" : "false";
    }
    return std::nullopt;
}

// Nothing: errno says why.
std::optional<std::string> ReadAll(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text;
    std::array<char, 4096> chunk{};
    while (file) {
        file.read(chunk.data(), chunk.size());
        text.append(chunk.data(), static_cast<std::size_t>(file.gcount()));
    }
    return file.eof() ? std::optional(std::move(text)) : std::nullopt;
}

class FileReader {
public:
    FileReader(const std::string& path, CLI::App& parser) : path_(path), parser_(parser), entries_(EntriesOf(parser)) {}

    std::vector<std::string> Read() {
        const std::optional<std::string> text = ReadAll(path_);
        if (!text) {
            return {fmt::format("{}: cannot be read: {}", path_, std::generic_category().message(errno))};
        }
        const toml::parse_result parsed = toml::parse(*text);
        if (!parsed) {
            Complain(parsed.error().source(), std::string(parsed.error().description()));
        } else {
            Take(parsed.table());
        }
        return Lines();
    }

private:
    struct Mistake {
        toml::source_position at;
        std::string what;
    };

    void Take(const toml::table& table) {
        for (const auto& [key, value] : table) {
            if (std::ranges::find(entries_, key.str(), &Entry::key) == entries_.end()) {
                ComplainOfKey(key, value);
            } else if (CLI::Option& option = *parser_.get_option("--" + std::string(key.str())); option.count() == 0) {
                Set(option, key.str(), value);
            }
        }
    }

    void Set(CLI::Option& option, std::string_view key, const toml::node& value) {
        const toml::array* const list = value.as_array();
        const std::size_t count = list == nullptr ? 1 : list->size();
        for (std::size_t i = 0; i < count; ++i) {
            const toml::node& item = list == nullptr ? value : (*list)[i];
            const auto text = TextOf(item);
            if (!text) {
                return Complain(item.source(), fmt::format("{}: takes text, a number or true and false", key));
            }
            option.add_result(*text);
        }
        try {
            if (count > 0) {
                option.run_callback();
            }
        } catch (const CLI::Error& error) {
            Complain(value.source(), error.what());
        }
    }

    void ComplainOfKey(const toml::key& key, const toml::node& value) {
        if (value.is_table()) {
            return Complain(key.source(), fmt::format("[{}]: there are no tables in this file, only keys", key.str()));
        }
        const std::string meant = Suggest(key.str(), entries_);
        Complain(key.source(), fmt::format("unknown key '{}'{}", key.str(), meant.empty() ? "" : "; did you mean '" + meant + "'?"));
    }

    void Complain(const toml::source_region& where, std::string what) { mistakes_.push_back({where.begin, std::move(what)}); }

    std::vector<std::string> Lines() {
        std::ranges::stable_sort(mistakes_, {}, [](const Mistake& mistake) { return std::pair(mistake.at.line, mistake.at.column); });
        std::vector<std::string> lines;
        for (const Mistake& mistake : mistakes_) {
            lines.push_back(fmt::format("{}:{}:{}: {}", path_, mistake.at.line, mistake.at.column, mistake.what));
        }
        return lines;
    }

    const std::string& path_;
    CLI::App& parser_;
    const std::vector<Entry> entries_;
    std::vector<Mistake> mistakes_;
};

// Bare where TOML takes it so, else as text.
std::string Literal(const std::string& value) {
    const toml::parse_result bare = toml::parse("value = " + value);
    const toml::node* const node = bare ? bare.table().get("value") : nullptr;
    if (node != nullptr && bare.table().size() == 1 && (node->is_number() || node->is_boolean())) {
        return value;
    }
    std::ostringstream quoted;
    quoted << toml::value<std::string>(value);
    return quoted.str();
}

std::string ValueOf(const CLI::Option& option) {
    if (option.get_items_expected_max() <= 1) {
        return Literal(option.count() > 0 ? option.results().back() : option.get_default_str());
    }
    std::vector<std::string> items;
    for (const std::string& item : option.results()) {
        items.push_back(Literal(item));
    }
    return fmt::format("[{}]", fmt::join(items, ", "));
}

}  // namespace

std::vector<std::string> ReadConfigFile(const std::string& path, CLI::App& parser) {
    return FileReader(path, parser).Read();
}

Settings SettingsOf(const CLI::App& parser) {
    Settings settings;
    for (const Entry& entry : EntriesOf(parser)) {
        settings.emplace(entry.key, ValueOf(*entry.option));
    }
    return settings;
}

std::string WriteConfig(const CLI::App& parser) {
    const std::vector<Entry> all = EntriesOf(parser);
    std::string text;
    for (const std::string& group : parser.get_groups()) {
        std::string entries;
        for (const auto& [key, option] : all) {
            if (option->get_group() == group) {
                entries += fmt::format("\n# {}\n{} = {}\n", option->get_description(), key, ValueOf(*option));
            }
        }
        if (!entries.empty()) {
            text += fmt::format("{}# --- {} ---\n{}", text.empty() ? "" : "\n", group, entries);
        }
    }
    return text;
}

}  // namespace servercore::app
