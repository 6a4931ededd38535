#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"
#include "Tools/IoModelLab/Net/Address.h"
#include "Tools/IoModelLab/Net/Framing.h"
#include "Tools/IoModelLab/Net/Socket.h"
#include "Tools/IoModelLab/Serve/Client.h"
#include "Tools/IoModelLab/Serve/Stop.h"
#include "Tools/IoModelLab/Serve/Totals.h"

namespace iolab {

// What one receive brings at most.
inline constexpr int kReceiveBytes = 16 * 1024;

// What a model needs besides its own idea: where to listen, when to stop, and whom to tell what became of its clients. Each client that a
// model accepts is told of exactly once again: Left, Failed, a false Take, or Stopped.
// Owner: the serve command.  Threads: safe from any.
class ServeContext {
public:
    ServeContext(const Address& listen, const Framing& framing) : listen_(listen), framing_(framing) {}
    ServeContext(const ServeContext&) = delete;
    ServeContext& operator=(const ServeContext&) = delete;

    [[nodiscard]] const Framing& GetFraming() const noexcept { return framing_; }
    [[nodiscard]] const Address& ListenAddress() const noexcept { return listen_; }
    [[nodiscard]] Stop& GetStop() noexcept { return stop_; }
    [[nodiscard]] bool IsStopping() const noexcept { return stop_.IsRequested(); }

    // A listening socket, and the line that says so. Throws SystemFailure.
    [[nodiscard]] Socket OpenListener();
    // The line alone, "ready listen=127.0.0.1:7777", for a model that listens in its own way.
    void SayReady(std::string_view address);

    void Accepted() SC_EXCLUDES(mutex_);
    // Counts and logs why; waits a moment, because what was lacking will be lacking at once again. Not an error while the server stops.
    void AcceptFailed(int error) SC_EXCLUDES(mutex_);
    // The model has no room for it; the caller closes the connection.
    void Refused(const Address& peer, std::string_view why) SC_EXCLUDES(mutex_);

    // These three return what the model's own functions return for a client that has gone: false.
    bool Left(const Client& client) SC_EXCLUDES(mutex_);
    bool Failed(const Client& client, std::string_view call, int error) SC_EXCLUDES(mutex_);
    // Hands over what was received. False: the client broke the framing and is to be dropped.
    [[nodiscard]] bool Take(Client& client, const char* data, int bytes) SC_EXCLUDES(mutex_);

    // The server stops, and the client was still there.
    void Stopped() SC_EXCLUDES(mutex_);

    // The system refuses what the model needs: says so, and stops. For the threads of a model, which may not throw.
    void Break(const std::string& why);
    [[nodiscard]] bool HasBroken() const noexcept { return hasBroken_.load(); }

    void Log(const std::string& line) SC_EXCLUDES(logMutex_);
    [[nodiscard]] Totals GetTotals() const SC_EXCLUDES(mutex_);

private:
    const Address listen_;
    const Framing framing_;
    Stop stop_;
    std::atomic<bool> hasBroken_ = false;
    mutable servercore::Mutex mutex_;
    Totals totals_ SC_GUARDED_BY(mutex_);
    servercore::Mutex logMutex_;
};

}  // namespace iolab
