#include "DummyClient/World/BotState.h"

namespace loadtest {

BotCounts& BotCounts::operator+=(const BotCounts& other) noexcept {
    movesSent += other.movesSent;
    playersEntered += other.playersEntered;
    playersLeft += other.playersLeft;
    movesHeard += other.movesHeard;
    movesMerged += other.movesMerged;
    chatsSent += other.chatsSent;
    chatsReceived += other.chatsReceived;
    chatsSkipped += other.chatsSkipped;
    chatsUnechoed += other.chatsUnechoed;
    whispersSent += other.whispersSent;
    whispersReceived += other.whispersReceived;
    whispersUnanswered += other.whispersUnanswered;
    whispersRefused += other.whispersRefused;
    corrections += other.corrections;
    switches += other.switches;
    resumes += other.resumes;
    keptPackets += other.keptPackets;
    errors += other.errors;
    sight += other.sight;
    return *this;
}

}  // namespace loadtest
