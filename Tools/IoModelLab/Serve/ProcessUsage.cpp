#include "Tools/IoModelLab/Serve/ProcessUsage.h"

#include <charconv>

#include <fmt/format.h>

#ifdef _WIN32
// Before the two that build on it.
#include "Tools/IoModelLab/Net/Winsock.h"

#include <psapi.h>
#include <tlhelp32.h>
#else
#include <sys/resource.h>

#include <fstream>
#endif

namespace iolab {

namespace {

#ifdef _WIN32

std::uint64_t Microseconds(const FILETIME& time) noexcept {
    return ((std::uint64_t{time.dwHighDateTime} << 32U) + time.dwLowDateTime) / 10;
}

std::uint64_t CountThreads() noexcept {
    const HANDLE snapshot = ::CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    if (snapshot == INVALID_HANDLE_VALUE) {
        return 0;
    }
    std::uint64_t threads = 0;
    THREADENTRY32 entry{};
    entry.dwSize = sizeof entry;
    for (BOOL more = ::Thread32First(snapshot, &entry); more != FALSE; more = ::Thread32Next(snapshot, &entry)) {
        threads += entry.th32OwnerProcessID == ::GetCurrentProcessId() ? 1U : 0U;
    }
    ::CloseHandle(snapshot);
    return threads;
}

#else

std::uint64_t Microseconds(const timeval& time) noexcept {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_usec);
}

#endif

// The number behind `name=` in the line.
std::optional<std::uint64_t> Field(std::string_view line, std::string_view name) {
    const std::size_t start = line.find(fmt::format(" {}=", name));
    if (start == std::string_view::npos) {
        return std::nullopt;
    }
    const char* first = line.data() + start + name.size() + 2;
    std::uint64_t value = 0;
    return std::from_chars(first, line.data() + line.size(), value).ec == std::errc{} ? std::optional(value) : std::nullopt;
}

}  // namespace

#ifdef _WIN32

ProcessUsage ProcessUsage::OfThisProcess() {
    ProcessUsage usage;
    FILETIME created{};
    FILETIME ended{};
    FILETIME kernel{};
    FILETIME user{};
    if (::GetProcessTimes(::GetCurrentProcess(), &created, &ended, &kernel, &user) != FALSE) {
        usage.cpuMicroseconds = Microseconds(kernel) + Microseconds(user);
    }
    PROCESS_MEMORY_COUNTERS memory{};
    if (::K32GetProcessMemoryInfo(::GetCurrentProcess(), &memory, sizeof memory) != FALSE) {
        usage.memoryKibibytes = memory.WorkingSetSize / 1024;
    }
    usage.threads = CountThreads();
    return usage;
}

void RaiseDescriptorLimit() noexcept {}

#else

ProcessUsage ProcessUsage::OfThisProcess() {
    ProcessUsage usage;
    rusage times{};
    if (::getrusage(RUSAGE_SELF, &times) == 0) {
        usage.cpuMicroseconds = Microseconds(times.ru_utime) + Microseconds(times.ru_stime);
        usage.switches = static_cast<std::uint64_t>(times.ru_nvcsw + times.ru_nivcsw);
    }
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word == "VmRSS:") {
            status >> usage.memoryKibibytes;
        } else if (word == "Threads:") {
            status >> usage.threads;
        }
    }
    return usage;
}

void RaiseDescriptorLimit() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

#endif

std::string ProcessUsage::ToString() const {
    return fmt::format("usage cpu-us={} memory-kib={} threads={} switches={}", cpuMicroseconds, memoryKibibytes, threads, switches);
}

std::optional<ProcessUsage> ProcessUsage::Parse(std::string_view line) {
    const auto cpu = Field(line, "cpu-us");
    const auto memory = Field(line, "memory-kib");
    const auto threads = Field(line, "threads");
    const auto switches = Field(line, "switches");
    if (!line.starts_with("usage ") || !cpu || !memory || !threads || !switches) {
        return std::nullopt;
    }
    return ProcessUsage{.cpuMicroseconds = *cpu, .memoryKibibytes = *memory, .threads = *threads, .switches = *switches};
}

}  // namespace iolab
