#pragma once

#include <map>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace servercore::app {

// A TOML file (https://toml.io/en/v1.0.0) that says the same things as a program's command line, by the same names: its keys are the
// long names of the options without the dashes, its values what would follow them. There are no [tables].
//
// Options that must not stand in a file are made with configurable(false).
// Threads: the caller's.

// Reads the file into the options of `parser`, but for those that the command line has given already. Returns what is wrong with it, one
// "FILE:LINE:COLUMN: ..." for each mistake in the order of the lines; after a mistake the options may be changed in part.
[[nodiscard]] std::vector<std::string> ReadConfigFile(const std::string& path, CLI::App& parser);

// What the options are set to: values as they stand in a file, by key.
using Settings = std::map<std::string, std::string>;
[[nodiscard]] Settings SettingsOf(const CLI::App& parser);

// The same as such a file, with their groups and descriptions as comments.
[[nodiscard]] std::string WriteConfig(const CLI::App& parser);

}  // namespace servercore::app
