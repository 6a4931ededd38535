#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Net/IocpObject.h"
#include "ServerCore/Platform/IoOperation.h"

namespace servercore {

enum class EventType : std::uint8_t { None, Accept, Connect, Receive, Send };

// One operation in flight; on Windows it IS-A OVERLAPPED. A value member of its owner, never allocated alone, and used again and again.
// While in flight it holds a strong reference to its owner: memory that the kernel may write to cannot go away.
// Threads: confined to whoever submits it; after a successful submit, to the completion.
class IocpEvent final : public platform::IoOperation {
public:
    [[nodiscard]] EventType Type() const noexcept { return type_; }

private:
    friend class IocpCore;

    void Begin(EventType type, std::shared_ptr<IocpObject> owner) noexcept {
        SC_ASSERT(owner_ == nullptr);  // already in flight
        type_ = type;
        owner_ = std::move(owner);
    }
    [[nodiscard]] std::shared_ptr<IocpObject> End() noexcept { return std::move(owner_); }

    std::shared_ptr<IocpObject> owner_;
    EventType type_ = EventType::None;
};

}  // namespace servercore
