# A receive in flight neither holds the session open nor owns it, and completes on one that is gone.
set(sources ServerCore/Net/SessionReceive.cpp ServerCore/Net/Session.cpp)
set(source_1 ServerCore/Net/SessionReceive.cpp)
set(original_1 [[
    const std::error_code error = core_->Receive(*socket_, receiveEvent_, shared_from_this());
    if (!error) {
        CancelIfClosing();
]])
set(planted_1 [[
    const std::shared_ptr<IocpObject> nobody;
    const std::error_code error = core_->Receive(*socket_, receiveEvent_, std::shared_ptr<IocpObject>(nobody, this));
    if (!error) {
        CancelIfClosing();
        ReleaseHold();
]])
set(source_2 ServerCore/Net/Session.cpp)
set(original_2 [[
    ReleaseHold();  // the operation's own
]])
set(planted_2 [[
    if (event.Type() != EventType::Receive) {
        ReleaseHold();
    }
]])
