#pragma once

#include <stdexcept>

namespace loadtest {

// A bot cannot go on: an answer did not come in time, the connection is gone, the server said no. What escapes from a bot's coroutine ends
// the bot and is counted by its text, which therefore names no bot and no number of a message.
class BotFailed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The connection could not be made, or has ended. Counted as that already.
class BotDisconnected final : public BotFailed {
public:
    using BotFailed::BotFailed;
};

// An answer did not come in time.
class BotTimedOut final : public BotFailed {
public:
    using BotFailed::BotFailed;
};

}  // namespace loadtest
