#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "Tools/IoModelLab/Serve/ServeContext.h"

namespace iolab {

// Each runs one model, in its own file, from the first accept until the context stops it. Throws SystemFailure.
void RunBlocking(ServeContext& context);
void RunThreadPerClient(ServeContext& context);
void RunNonBlocking(ServeContext& context);
void RunSelect(ServeContext& context);
void RunPoll(ServeContext& context);
void RunEpoll(ServeContext& context);
void RunAsyncSelect(ServeContext& context);
void RunEventSelect(ServeContext& context);
void RunOverlappedEvent(ServeContext& context);
void RunOverlappedRoutine(ServeContext& context);
void RunOverlappedRoutineHandover(ServeContext& context);
void RunIocp(ServeContext& context);
void RunServerCore(ServeContext& context);

// A model, as `IoModelLab list` shows it.
struct Model {
    std::string_view name;
    std::string_view system;  // "both", "Windows" or "Linux"
    std::string_view summary;
    std::string_view limit;
    std::string_view stop;   // what becomes of clients beyond maxClients; empty: nothing stops the model
    std::size_t maxClients;  // served at once; 0: as many as the system has sockets for
};

// In the order of the story: each mends what one before it lacks.
[[nodiscard]] std::span<const Model> AllModels() noexcept;

using RunModel = void (*)(ServeContext&);

// nullptr: there is no such model, or not on this system.
[[nodiscard]] RunModel FindRun(std::string_view name) noexcept;

}  // namespace iolab
