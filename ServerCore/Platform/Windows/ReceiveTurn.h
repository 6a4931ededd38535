#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "ServerCore/Buffer/ReceiveBlockPool.h"
#include "ServerCore/Platform/Windows/WinSdk.h"

namespace servercore::platform {

class SocketHandle;

// One thread's receiving within one Wait: the block that it reads into, and the receives that it goes on with by itself.
//
// A receive costs two system calls, the zero-byte receive that waits and the read. After a read that filled its block the socket has
// probably more, so the next receive, submitted by the handler of the last, need not wait first: the turn takes it over and the thread
// reads again once the other completions of the batch are delivered. After kMaxFollowUps it waits like any other, which puts it to the
// back of the port's queue. (After a read that left room the next one would mostly find nothing: trying costs a call and gains none.)
//
// Owner: Wait, on its stack.  Threads: confined to the one that made it; at most one per thread.
class ReceiveTurn {
public:
    // Receives that one turn goes on with; more would let the other sockets wait.
    static constexpr std::size_t kMaxFollowUps = 16;

    explicit ReceiveTurn(ReceiveBlockPool& pool) noexcept;
    ~ReceiveTurn();
    ReceiveTurn(const ReceiveTurn&) = delete;
    ReceiveTurn& operator=(const ReceiveTurn&) = delete;

    // The calling thread's turn, nullptr when it has none.
    [[nodiscard]] static ReceiveTurn* Current() noexcept;

    // Taken from the pool when it is first asked for. May throw std::bad_alloc.
    [[nodiscard]] ReceiveBlock& Block();

    // The socket whose bytes fill the block that the handler is about to get; nullptr for everything else.
    void SetFull(const SocketHandle* socket) noexcept { full_ = socket; }

    // True: the turn goes on with this receive, which no system call has been made for.
    [[nodiscard]] bool TakeOver(const SocketHandle& socket, OVERLAPPED& receive) noexcept;

    // What TakeOver took, in order; nullptr when there is no more.
    [[nodiscard]] OVERLAPPED* NextFollowUp() noexcept { return next_ < count_ ? followUps_[next_++] : nullptr; }

private:
    ReceiveBlockPool& pool_;
    std::unique_ptr<ReceiveBlock> block_;
    const SocketHandle* full_ = nullptr;
    std::array<OVERLAPPED*, kMaxFollowUps> followUps_{};
    std::size_t count_ = 0;
    std::size_t next_ = 0;
};

}  // namespace servercore::platform
