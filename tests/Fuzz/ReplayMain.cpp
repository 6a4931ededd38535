// FuzzReplay TARGET FILE_OR_FOLDER...: runs inputs through a fuzz target. Exit code 0: nothing broke.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "tests/Fuzz/FuzzTargets.h"

namespace {

using namespace servercore::test;

std::vector<std::filesystem::path> FilesOf(std::span<char*> arguments) {
    std::vector<std::filesystem::path> files;
    for (const char* argument : arguments) {
        if (std::filesystem::is_directory(argument)) {
            std::copy(std::filesystem::directory_iterator(argument), {}, std::back_inserter(files));
        } else {
            files.emplace_back(argument);
        }
    }
    std::ranges::sort(files);
    return files;
}

bool Replay(FuzzTarget target, const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        std::fprintf(stderr, "cannot read %s\n", path.string().c_str());
        return false;
    }
    const std::string input(std::istreambuf_iterator<char>(file), {});
    const std::string problem = target(std::as_bytes(std::span(input)));
    if (!problem.empty()) {
        std::fprintf(stderr, "%s: %s\n", path.string().c_str(), problem.c_str());
    }
    return problem.empty();
}

}  // namespace

int main(int argc, char** argv) {
    GTEST_FLAG_SET(throw_on_failure, true);  // what the fakes expect
    const std::span arguments(argv, static_cast<std::size_t>(argc));
    const FuzzTarget target = argc > 1 ? FindTarget(arguments[1]) : nullptr;
    const std::vector<std::filesystem::path> files = argc > 2 ? FilesOf(arguments.subspan(2)) : std::vector<std::filesystem::path>();
    if (target == nullptr || files.empty()) {
        std::fprintf(stderr, "FuzzReplay TARGET FILE_OR_FOLDER...\n");
        return 2;
    }
    const auto broken = std::ranges::count_if(files, [&](const std::filesystem::path& file) { return !Replay(target, file); });
    std::printf("%zu inputs, %td broke something\n", files.size(), broken);
    return broken == 0 ? 0 : 1;
}
