#pragma once

#include <memory>
#include <utility>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Platform/IoOperation.h"

namespace servercore {

class IocpEvent;
class IocpObject;

// A first-in first-out list of objects, linked through a member of theirs: to be in it costs no allocation, so it cannot fail. An object is
// in each list once at most. Each element is a share in the object.
template <std::shared_ptr<IocpObject> IocpObject::*Next>
class ObjectList;

// What can be registered with an IocpCore: it owns events, and completions are dispatched to it.
// Owner: shared; each event in flight is one owner, so the object outlives its operations.
class IocpObject : public std::enable_shared_from_this<IocpObject> {
public:
    IocpObject() = default;
    virtual ~IocpObject() = default;
    IocpObject(const IocpObject&) = delete;
    IocpObject& operator=(const IocpObject&) = delete;

    // An event of this object has completed. On a thread that dispatches the core.
    virtual void OnCompleted(IocpEvent& event, platform::IoResult& result) = 0;

    // The object was given to IocpCore::Post. On a thread that dispatches the core, after the completions of a batch.
    virtual void OnPosted() = 0;

    // The object was given to IocpCore::PostTurn. As OnPosted.
    virtual void OnTurn() {}

    // The object was given to IocpCore::PostAtTick, and the tick is here. As OnPosted.
    virtual void OnTick() {}

    // The object's timer, armed with IocpCore::ArmTimer, has expired. As OnPosted.
    virtual void OnTimer(TimePoint /*now*/) {}

private:
    friend class IocpCore;

    // Guarded by whoever owns the list.
    std::shared_ptr<IocpObject> nextPosted_;
    std::shared_ptr<IocpObject> nextInTurn_;
    std::shared_ptr<IocpObject> nextAtTick_;
};

template <std::shared_ptr<IocpObject> IocpObject::*Next>
class ObjectList {
public:
    ObjectList() = default;
    ObjectList(ObjectList&& other) noexcept : first_(std::move(other.first_)), last_(std::exchange(other.last_, nullptr)) {}
    ObjectList& operator=(ObjectList&&) = delete;
    ~ObjectList() {
        while (Pop() != nullptr) {  // one after the other, not recursively
        }
    }

    [[nodiscard]] bool IsEmpty() const noexcept { return last_ == nullptr; }

    void Push(std::shared_ptr<IocpObject> object) noexcept {
        IocpObject* const added = object.get();
        (last_ == nullptr ? first_ : last_->*Next) = std::move(object);
        last_ = added;
    }

    // nullptr when empty.
    [[nodiscard]] std::shared_ptr<IocpObject> Pop() noexcept {
        std::shared_ptr<IocpObject> object = std::move(first_);
        if (object != nullptr) {
            first_ = std::move(object.get()->*Next);
            if (first_ == nullptr) {
                last_ = nullptr;
            }
        }
        return object;
    }

    // Takes all of the other's, behind its own.
    void Append(ObjectList& other) noexcept {
        if (other.last_ != nullptr) {
            (last_ == nullptr ? first_ : last_->*Next) = std::move(other.first_);
            last_ = std::exchange(other.last_, nullptr);
        }
    }

private:
    std::shared_ptr<IocpObject> first_;
    IocpObject* last_ = nullptr;
};

}  // namespace servercore
