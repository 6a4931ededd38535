#pragma once

#include <memory>

#include "ServerCore/Platform/IoOperation.h"

namespace servercore {

class IocpEvent;

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
};

}  // namespace servercore
