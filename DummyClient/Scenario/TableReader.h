#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "DummyClient/Scenario/BehaviourInfo.h"
#include "DummyClient/Scenario/ScenarioKeys.h"
#include "ServerCore/Base/Clock.h"

namespace loadtest {

// What is wrong with a file, by place.
// Owner: whoever reads the file.  Threads: confined to its owner's.
class FileMistakes {
public:
    void Add(const toml::source_region& where, std::string what) { mistakes_.push_back({where.begin, std::move(what)}); }
    [[nodiscard]] bool IsEmpty() const noexcept { return mistakes_.empty(); }
    // "FILE:LINE:COLUMN: what" in the order of the lines.
    [[nodiscard]] std::vector<std::string> Lines(const std::string& file) const;

private:
    struct Mistake {
        toml::source_position at;
        std::string what;
    };

    std::vector<Mistake> mistakes_;
};

// A table of a file by the keys that it may have. A value that is not there is the key's default; one that is wrong as well, and it counts
// as a mistake.
// Owner: whoever reads the file, which keeps the rest alive.  Threads: confined to its owner's.
class TableReader {
public:
    TableReader(const toml::table& table, std::span<const KeyInfo> keys, FileMistakes& mistakes)
        : table_(table), keys_(keys), mistakes_(mistakes) {}

    [[nodiscard]] bool Has(std::string_view key) const { return table_.contains(key); }
    [[nodiscard]] const toml::table& Table() const noexcept { return table_; }

    // Precondition of all of them: the key is known, and of that kind.
    [[nodiscard]] std::string Text(std::string_view key);
    [[nodiscard]] std::vector<std::string> Texts(std::string_view key);
    [[nodiscard]] std::uint64_t Count(std::string_view key);
    [[nodiscard]] double Number(std::string_view key);
    [[nodiscard]] bool Truth(std::string_view key);
    [[nodiscard]] servercore::Duration Span(std::string_view key);
    // Null: it is not there, or no table.
    [[nodiscard]] const toml::table* Table(std::string_view key);

    // As the kind of option wants it, else a mistake and nothing.
    [[nodiscard]] std::optional<std::string> Option(const OptionInfo& option);

    // About the key's value, or about the table if the key is not there. `what` goes after "KEY: ".
    void Complain(std::string_view key, const std::string& what);
    // About the key.
    void ComplainOfKey(const toml::key& key, std::string what) { mistakes_.Add(key.source(), std::move(what)); }

private:
    // Null: it is not there. A mistake if it has to be.
    const toml::node* Find(std::string_view key);
    void ComplainOfKind(std::string_view key, const toml::node& value, std::string_view wanted);
    // A mistake if it is out of range; then nothing.
    template <class Value>
    std::optional<Value> InRange(std::string_view key, Value value, double asNumber);
    // What the key's default says, without quotes.
    [[nodiscard]] std::string_view DefaultOf(std::string_view key) const;
    [[nodiscard]] const KeyInfo& Info(std::string_view key) const { return KeyNamed(keys_, key); }

    const toml::table& table_;
    const std::span<const KeyInfo> keys_;
    FileMistakes& mistakes_;
};

}  // namespace loadtest
