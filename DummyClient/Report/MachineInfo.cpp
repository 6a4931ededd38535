#include "DummyClient/Report/MachineInfo.h"

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <thread>

namespace loadtest {

namespace {

// What follows `name`, blanks and a separator in the first line that begins with `name`.
std::string ValueIn(const char* path, std::string_view name) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(name)) {
            const std::size_t begin = line.find_first_not_of(" \t:=\"", name.size());
            const std::size_t end = line.find_last_not_of(" \t\"\r");
            return begin == line.npos ? std::string() : line.substr(begin, end + 1 - begin);
        }
    }
    return {};
}

std::string FirstLineOf(const char* path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::string Environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

std::uint64_t MemoryBytes() {
    const std::string text = ValueIn("/proc/meminfo", "MemTotal");  // "2048000 kB"
    std::uint64_t kibibytes = 0;
    std::from_chars(text.data(), text.data() + text.size(), kibibytes);
    return kibibytes * 1024;
}

}  // namespace

MachineInfo DescribeMachine() {
    MachineInfo machine;
    machine.os = ValueIn("/etc/os-release", "PRETTY_NAME");
    machine.kernel = FirstLineOf("/proc/sys/kernel/osrelease");
    machine.cpu = ValueIn("/proc/cpuinfo", "model name");
    machine.cores = std::thread::hardware_concurrency();
    machine.memoryBytes = MemoryBytes();
    if (machine.os.empty()) {
        machine.os = Environment("OS");  // "Windows_NT"
    }
    if (machine.cpu.empty()) {
        machine.cpu = Environment("PROCESSOR_IDENTIFIER");
    }
    return machine;
}

}  // namespace loadtest
