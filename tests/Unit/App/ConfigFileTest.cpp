// The configuration file and the options around it.
#include "ServerCore/App/ConfigFile.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "ServerCore/App/CommandLine.h"

namespace servercore::app::test {
namespace {

// A program with an option of each kind.
class ConfigFile : public ::testing::Test {
protected:
    struct Options {
        std::string name = "it's \"me\"";
        std::uint32_t count = 3;
        double rate = 0.5;
        bool loud = false;
        std::vector<std::string> ranges;
        std::string secret;
    };

    ~ConfigFile() override { std::filesystem::remove(path_); }

    // One run of the program.
    std::optional<CommandLineEnd> Run(std::vector<std::string> arguments) {
        options = {};
        CLI::App app("A program.", "Program");
        app.add_option("--name", options.name, "What it is called")->capture_default_str();
        app.add_option("--count", options.count, "How many")->check(CLI::Range(1, 10))->group("Numbers")->capture_default_str();
        app.add_option("--rate", options.rate, "How often")->group("Numbers")->capture_default_str();
        app.add_option("--loud", options.loud, "How loud")->capture_default_str();
        app.add_option("--range", options.ranges, "May be given several times");
        app.add_option("--secret", options.secret, "Not for files")->configurable(false);
        std::vector<const char*> argv = {"Program"};
        for (const std::string& argument : arguments) {
            argv.push_back(argument.c_str());
        }
        std::string read;
        return ReadConfiguration(app, "1.0", static_cast<int>(argv.size()), argv.data(), read);
    }
    std::optional<CommandLineEnd> RunWith(std::string_view file, std::vector<std::string> arguments = {}) {
        std::ofstream(path_, std::ios::binary) << file;
        arguments.insert(arguments.end(), {"--config", path_});
        return Run(std::move(arguments));
    }
    // What is wrong with a file, without its name.
    std::string Mistakes(std::string_view file) {
        const std::optional<CommandLineEnd> end = RunWith(file);
        EXPECT_EQ(end ? end->exitCode : 0, kUsageError);
        std::string text = end ? end->message : std::string();
        for (std::size_t at = text.find(path_); at != std::string::npos; at = text.find(path_)) {
            text.erase(at, path_.size());
        }
        return text;
    }

    Options options;
    const std::string path_ = (std::filesystem::temp_directory_path() /
                               (std::string("servercore-") + ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".toml"))
                                  .string();
};

TEST_F(ConfigFile, SetsOptionsByTheirNames) {
    EXPECT_FALSE(RunWith("name = 'a'\ncount = 7 # of them\nrate = 2\nloud = true\nrange = ['x', \"y\"]\n"));
    EXPECT_EQ(options.name, "a");
    EXPECT_EQ(options.count, 7U);
    EXPECT_EQ(options.rate, 2.0);
    EXPECT_TRUE(options.loud);
    EXPECT_EQ(options.ranges, (std::vector<std::string>{"x", "y"}));
}

TEST_F(ConfigFile, ThatIsEmptySetsNothing) {
    EXPECT_FALSE(RunWith(""));
    EXPECT_EQ(options.count, 3U);
    EXPECT_FALSE(RunWith("range = []"));
    EXPECT_TRUE(options.ranges.empty());
}

TEST_F(ConfigFile, GivesWayToTheCommandLine) {
    EXPECT_FALSE(RunWith("count = 7\nrate = 0.25\n", {"--count", "2"}));
    EXPECT_EQ(options.count, 2U);
    EXPECT_EQ(options.rate, 0.25);
}

TEST_F(ConfigFile, NamesEachMistakeWithItsPlaceInTheOrderOfTheLines) {
    EXPECT_EQ(Mistakes("cuont = 2\nnaem = 'x'\ncount = 0\nrange = ['a',\n  1979-05-27]\nrate = 'often'\n"),
              ":1:1: unknown key 'cuont'; did you mean 'count'?\n"
              ":2:1: unknown key 'naem'; did you mean 'name'?\n"
              ":3:9: --count: Value 0 not in range 1 to 10\n"
              ":5:3: range: takes text, a number or true and false\n"
              ":6:8: Could not convert: --rate = often\n");
}

TEST_F(ConfigFile, SuggestsOnlyWhatLooksAlike) {
    EXPECT_EQ(Mistakes("horizon = 2\n"), ":1:1: unknown key 'horizon'\n");
}

TEST_F(ConfigFile, HasNoTablesAndNothingThatBelongsOnTheCommandLine) {
    EXPECT_EQ(Mistakes("[numbers]\ncount = 2\n"), ":1:2: [numbers]: there are no tables in this file, only keys\n");
    EXPECT_EQ(Mistakes("secret = 'x'\nhelp = true\n"), ":1:1: unknown key 'secret'\n:2:1: unknown key 'help'\n");
}

TEST_F(ConfigFile, ThatIsNoTomlIsRefusedWithThePlace) {
    EXPECT_TRUE(Mistakes("count = 2\ncount = 3\n").starts_with(":2:")) << Mistakes("count = 2\ncount = 3\n");
    EXPECT_TRUE(Mistakes("name = 'a\n").starts_with(":1:"));
    EXPECT_TRUE(Mistakes(std::string_view("count = 2\0\n", 11)).starts_with(":1:"));
}

TEST_F(ConfigFile, ThatCannotBeReadIsNamed) {
    for (const std::string& path : {std::string("no/such/file.toml"), std::filesystem::temp_directory_path().string()}) {
        const auto end = Run({"--config", path});
        ASSERT_TRUE(end) << path;
        EXPECT_EQ(end->exitCode, kUsageError);
        EXPECT_TRUE(end->message.starts_with(path + ": cannot be read")) << end->message;
    }
}

TEST_F(ConfigFile, CanBeCheckedWithoutAnythingElse) {
    const auto right = RunWith("count = 2\n", {"--check-config"});
    ASSERT_TRUE(right);
    EXPECT_EQ(right->exitCode, 0);
    EXPECT_EQ(right->message, path_ + ": is right\n");
    const auto wrong = RunWith("count = 20\n", {"--check-config"});
    ASSERT_TRUE(wrong);
    EXPECT_EQ(wrong->exitCode, kUsageError);
}

TEST_F(ConfigFile, PrintedSetsWhatItWasPrintedFrom) {
    const auto printed = Run({"--print-config", "--count", "9", "--range", "1", "--range", "a'b", "--loud", "true"});
    ASSERT_TRUE(printed);
    EXPECT_EQ(printed->exitCode, 0);
    EXPECT_EQ(printed->message.find("secret"), std::string::npos);
    EXPECT_NE(printed->message.find("# How many\ncount = 9\n"), std::string::npos) << printed->message;
    EXPECT_FALSE(RunWith(printed->message)) << printed->message;
    EXPECT_EQ(options.name, "it's \"me\"");
    EXPECT_EQ(options.count, 9U);
    EXPECT_TRUE(options.loud);
    EXPECT_EQ(options.ranges, (std::vector<std::string>{"1", "a'b"}));
}

}  // namespace
}  // namespace servercore::app::test
