#include "Tools/IoModelLab/Models/Models.h"

#include <array>
#include <utility>

namespace iolab {

namespace {

constexpr std::size_t kSelectClients = 1000;  // what is left of FD_SETSIZE, 1024, when the program's own descriptors have had theirs
constexpr std::size_t kEventClients = 63;     // WSA_MAXIMUM_WAIT_EVENTS but one

constexpr std::array<Model, 13> kModels{{
    {"blocking", "both", "one thread, which stays with one client until it leaves", "the second client waits until the first has left",
     "waits", 1},
    {"thread", "both", "blocking sockets, a thread for each client", "a stack for each client, a switch of threads for each message", "",
     0},
    {"nonblocking", "both", "one thread asks every socket again and again", "burns a processor while nobody says anything", "", 0},
    {"select", "both", "one thread asks the system which sockets are ready",
     "FD_SETSIZE sockets (1024 here); looks at all of them each turn", "refused", kSelectClients},
    {"asyncselect", "Windows", "socket events as messages to a window", "one queue of messages, one thread", "", 0},
    {"eventselect", "Windows", "socket events as event objects", "64 events per wait: a thread for each 63 clients", "", 0},
    {"overlapped-event", "Windows", "the system does the transfer, and sets an event when it is done", "64 events per wait: 63 clients",
     "refused", kEventClients},
    {"overlapped-routine", "Windows", "... and calls a function when it is done; accepts in turns with that",
     "completions run on the thread that began the operation, and a new client waits for its turn", "", 0},
    {"overlapped-routine-handover", "Windows", "the same, but another thread accepts and hands over",
     "completions run on the thread that began the operation", "", 0},
    {"iocp", "Windows", "... and queues the completion to a port, which any of many threads takes up", "one completion per call", "", 0},
    {"poll", "Linux", "select without FD_SETSIZE: an array of any length", "hands over and looks at all sockets each turn", "", 0},
    {"epoll", "Linux", "the kernel keeps the set, and returns only those that are ready",
     "readiness, not completion: a call more per transfer", "", 0},
    {"servercore", "both", "the same service on ServerCore (IOCP on Windows, epoll on Linux)", "the reference", "", 0},
}};

constexpr std::pair<std::string_view, RunModel> kRunsHere[] = {
    {"blocking", &RunBlocking},
    {"thread", &RunThreadPerClient},
    {"nonblocking", &RunNonBlocking},
    {"select", &RunSelect},
#ifdef _WIN32
    {"asyncselect", &RunAsyncSelect},
    {"eventselect", &RunEventSelect},
    {"overlapped-event", &RunOverlappedEvent},
    {"overlapped-routine", &RunOverlappedRoutine},
    {"overlapped-routine-handover", &RunOverlappedRoutineHandover},
    {"iocp", &RunIocp},
#else
    {"poll", &RunPoll},
    {"epoll", &RunEpoll},
#endif
    {"servercore", &RunServerCore},
};

}  // namespace

std::span<const Model> AllModels() noexcept {
    return kModels;
}

RunModel FindRun(std::string_view name) noexcept {
    for (const auto& [known, run] : kRunsHere) {
        if (known == name) {
            return run;
        }
    }
    return nullptr;
}

}  // namespace iolab
