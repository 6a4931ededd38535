#include "Tools/IoModelLab/Compare/Machine.h"

#include <thread>

#include <fmt/format.h>

#ifdef _WIN32
#include "Tools/IoModelLab/Net/Winsock.h"
#else
#include <sys/utsname.h>
#endif

namespace iolab {

namespace {

#ifdef _WIN32

std::string System() {
    // Only Wine's ntdll has it.
    const HMODULE library = ::GetModuleHandleW(L"ntdll.dll");
    const auto raw = library == nullptr ? nullptr : ::GetProcAddress(library, "wine_get_version");
    if (const auto wineVersion = reinterpret_cast<const char*(CDECL*)()>(reinterpret_cast<void (*)()>(raw))) {
        return fmt::format("Wine {} on Linux", wineVersion());
    }
    return "Windows";
}

#else

std::string System() {
    utsname name{};
    return ::uname(&name) == 0 ? fmt::format("{} {}", name.sysname, name.release) : "Linux";
}

#endif

}  // namespace

std::string DescribeMachine() {
    return fmt::format("{}, {} processors", System(), std::thread::hardware_concurrency());
}

}  // namespace iolab
