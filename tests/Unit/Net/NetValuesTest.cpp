// The small parts of Net that need no network: CloseReason, Admission, SessionId and SessionRegistry, Ledger.

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "ServerCore/Net/Admission.h"
#include "ServerCore/Net/CloseReason.h"
#include "ServerCore/Net/Ledger.h"
#include "ServerCore/Net/PacketSession.h"
#include "ServerCore/Net/SessionRegistry.h"
#include "tests/Support/FakeClock.h"
#include "tests/Support/RecordingSession.h"

namespace servercore::test {

namespace {

using std::chrono::milliseconds;

CloseInfo InfoFor(std::errc error) {
    return CloseInfoFor(std::make_error_code(error));
}

// --- CloseReason -------------------------------------------------------------------------------------------------------

TEST(CloseReason, EachOneHasANameOfItsOwn) {
    std::set<std::string> names;
    for (std::size_t i = 0; i < kCloseReasonCount; ++i) {
        names.emplace(ToString(static_cast<CloseReason>(i)));
    }
    EXPECT_EQ(names.size(), kCloseReasonCount);
    EXPECT_FALSE(names.contains("?"));
    EXPECT_EQ(ToString(static_cast<CloseReason>(kCloseReasonCount)), "?") << "kCloseReasonCount misses the last one";
}

TEST(CloseReason, EachInitiatorHasANameOfItsOwn) {
    EXPECT_EQ(ToString(CloseInitiator::Local), "local");
    EXPECT_EQ(ToString(CloseInitiator::Peer), "peer");
    EXPECT_EQ(ToString(CloseInitiator::System), "system");
}

TEST(Admission, EachOneHasANameOfItsOwn) {
    std::set<std::string> names;
    for (std::size_t i = 0; i < kAdmissionCount; ++i) {
        names.emplace(ToString(static_cast<Admission>(i)));
    }
    EXPECT_EQ(names.size(), kAdmissionCount);
    EXPECT_FALSE(names.contains("?"));
    EXPECT_EQ(ToString(static_cast<Admission>(kAdmissionCount)), "?") << "kAdmissionCount misses the last one";
}

TEST(CloseReason, AResetIsThePeers) {
    for (const std::errc error : {std::errc::connection_reset, std::errc::connection_aborted, std::errc::broken_pipe}) {
        EXPECT_EQ(InfoFor(error).reason, CloseReason::PeerReset);
        EXPECT_EQ(InfoFor(error).initiator, CloseInitiator::Peer);
    }
}

TEST(CloseReason, ADeadPathIsNobodysFault) {
    for (const std::errc error : {std::errc::timed_out, std::errc::host_unreachable, std::errc::network_unreachable,
                                  std::errc::network_down, std::errc::network_reset}) {
        EXPECT_EQ(InfoFor(error).reason, CloseReason::NetworkLost);
        EXPECT_EQ(InfoFor(error).initiator, CloseInitiator::System);
    }
}

TEST(CloseReason, AShortageIsTold) {
    for (const std::errc error : {std::errc::no_buffer_space, std::errc::not_enough_memory, std::errc::too_many_files_open,
                                  std::errc::too_many_files_open_in_system, std::errc::resource_unavailable_try_again}) {
        EXPECT_TRUE(IsResourceShortage(std::make_error_code(error)));
        EXPECT_EQ(InfoFor(error).reason, CloseReason::ResourceExhausted);
        EXPECT_EQ(InfoFor(error).initiator, CloseInitiator::System);
    }
}

TEST(CloseReason, AnythingElseEndsTheSessionTooAndKeepsItsError) {
    for (const std::errc error : {std::errc::io_error, std::errc::bad_file_descriptor, std::errc::invalid_argument,
                                  std::errc::not_connected, std::errc::operation_canceled, std::errc::permission_denied}) {
        EXPECT_FALSE(IsResourceShortage(std::make_error_code(error)));
        EXPECT_EQ(InfoFor(error).reason, CloseReason::IoError);
        EXPECT_EQ(InfoFor(error).error, error);
        EXPECT_FALSE(InfoFor(error).graceful);
    }
    EXPECT_FALSE(IsResourceShortage({}));
}

// --- SessionId and SessionRegistry -------------------------------------------------------------------------------------

const SessionScript kNoScript;

std::shared_ptr<Session> MakeSession() {
    return std::make_shared<RecordingSession>(kNoScript);
}

TEST(SessionId, TellsIndexAndGenerationApart) {
    const SessionId id{.index = 1, .generation = 2};
    EXPECT_EQ(id.Value(), 0x200000001U);
    EXPECT_NE(id, (SessionId{.index = 2, .generation = 1}));
    const std::unordered_set<SessionId> set = {id, {.index = 2, .generation = 1}, id};
    EXPECT_EQ(set.size(), 2U);
}

TEST(SessionRegistry, FindsASessionByTheIdItGave) {
    SessionRegistry registry;
    const std::shared_ptr<Session> first = MakeSession();
    const std::shared_ptr<Session> second = MakeSession();
    const SessionId firstId = registry.Add(first);
    const SessionId secondId = registry.Add(second);
    EXPECT_EQ(first->Id(), firstId);
    EXPECT_EQ(registry.Find(firstId), first);
    EXPECT_EQ(registry.Find(secondId), second);
    EXPECT_EQ(registry.Count(), 2U);
}

TEST(SessionRegistry, TheDefaultIdNamesNoSession) {
    SessionRegistry registry;
    EXPECT_EQ(registry.Find({}), nullptr);
    const SessionId id = registry.Add(MakeSession());
    EXPECT_NE(id, SessionId{});
    EXPECT_EQ(registry.Find({}), nullptr);
    EXPECT_EQ(registry.Find({.index = 99, .generation = 1}), nullptr);
    EXPECT_FALSE(registry.Remove({.index = 99, .generation = 1}));
}

TEST(SessionRegistry, AnOldIdNeverFindsTheNextSessionAtItsPlace) {
    SessionRegistry registry;
    const SessionId old = registry.Add(MakeSession());
    EXPECT_TRUE(registry.Remove(old));
    const SessionId next = registry.Add(MakeSession());
    EXPECT_EQ(next.index, old.index);
    EXPECT_NE(next, old);
    EXPECT_EQ(registry.Find(old), nullptr);
    EXPECT_FALSE(registry.Remove(old));
    EXPECT_NE(registry.Find(next), nullptr);
}

TEST(SessionRegistry, ASecondRemovalIsHarmless) {
    SessionRegistry registry;
    const SessionId id = registry.Add(MakeSession());
    EXPECT_TRUE(registry.Remove(id));
    EXPECT_FALSE(registry.Remove(id));
    EXPECT_EQ(registry.Count(), 0U);
    const SessionId first = registry.Add(MakeSession());
    const SessionId second = registry.Add(MakeSession());
    EXPECT_NE(first.index, second.index) << "a place freed twice would be given out twice";
}

TEST(SessionRegistry, LetsGoOfASessionThatIsRemoved) {
    SessionRegistry registry;
    std::shared_ptr<Session> session = MakeSession();
    const std::weak_ptr<Session> watch = session;
    const SessionId id = registry.Add(std::move(session));
    EXPECT_FALSE(watch.expired());
    registry.Remove(id);
    EXPECT_TRUE(watch.expired());
}

TEST(SessionRegistry, ASnapshotReplacesTheOldOneAndHoldsTheSessionsOfNow) {
    SessionRegistry registry;
    std::vector<std::shared_ptr<Session>> snapshot = {MakeSession()};
    registry.Snapshot(snapshot);
    EXPECT_TRUE(snapshot.empty());

    const SessionId first = registry.Add(MakeSession());
    const std::shared_ptr<Session> second = MakeSession();
    registry.Add(second);
    registry.Remove(first);
    registry.Snapshot(snapshot);
    EXPECT_EQ(snapshot, (std::vector<std::shared_ptr<Session>>{second}));
}

TEST(SessionRegistry, ManyThreadsAddAndRemoveWithoutSharingAPlace) {
    SessionRegistry registry;
    std::vector<std::thread> threads;
    std::atomic<int> wrong = 0;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 1000; ++i) {
                const std::shared_ptr<Session> session = MakeSession();
                const SessionId id = registry.Add(session);
                wrong += registry.Find(id) == session ? 0 : 1;
                wrong += registry.Remove(id) ? 0 : 1;
                wrong += registry.Find(id) == nullptr ? 0 : 1;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(wrong.load(), 0);
    EXPECT_EQ(registry.Count(), 0U);
}

// --- Ledger ------------------------------------------------------------------------------------------------------------

TEST(Ledger, BalancesWhenNothingWasDone) {
    EXPECT_TRUE(Ledger().IsBalanced());
}

TEST(Ledger, DoesNotBalanceWhileAnythingIsHeld) {
    Ledger session;
    session.sessionsOpened = 1;
    Ledger operation;
    operation.operationsInFlight = 1;
    Ledger buffer;
    buffer.buffersOutstanding = 1;
    Ledger worker;
    worker.workersRunning = 1;
    Ledger packet;
    packet.totals.packetsQueued = 1;
    for (const Ledger& ledger : {session, operation, buffer, worker, packet}) {
        EXPECT_FALSE(ledger.IsBalanced()) << ledger.ToString();
        EXPECT_NE(ledger.ToString().find("ledger balanced=no\n"), std::string::npos);
    }
}

TEST(Ledger, BalancesWhenEveryPacketWasSentReplacedOrAbandoned) {
    Ledger ledger;
    ledger.sessionsOpened = ledger.sessionsClosed = 2;
    ledger.closedBy[static_cast<std::size_t>(CloseReason::Kicked)] = 2;
    ledger.totals += {.packetsQueued = 9,
                      .packetsSent = 3,
                      .packetsReplaced = 4,
                      .packetsAbandoned = 2,
                      .packetsDropped = 6,
                      .sends = 2,
                      .bytesSent = 30,
                      .bytesReceived = 7,
                      .packetsReceived = 1,
                      .throttles = 5,
                      .packetsOverBudget = 6,
                      .packetsObserved = 7,
                      .closesObserved = 8,
                      .packetsGranted = 9};
    EXPECT_TRUE(ledger.IsBalanced());
    const std::string text = ledger.ToString();
    EXPECT_NE(text.find("opened=2 closed=2 live=0"), std::string::npos) << text;
    EXPECT_NE(text.find("ledger closed_by Kicked=2\n"), std::string::npos) << text;
    EXPECT_NE(text.find("received=1 queued=9 sent=3 replaced=4 abandoned=2 dropped=6"), std::string::npos) << text;
    EXPECT_NE(text.find("bytes received=7 sent=30"), std::string::npos) << text;
    EXPECT_NE(text.find("ledger operations sends=2 throttles=5 "), std::string::npos) << text;
    EXPECT_NE(text.find("ledger budgets over=6 observed=7 closes_observed=8 granted=9\n"), std::string::npos) << text;
    EXPECT_TRUE(text.ends_with("ledger balanced=yes\n")) << text;
}

TEST(Ledger, TellsRefusalsFromWhatWasAdmittedOrLost) {
    Ledger ledger;
    ledger.admissions.fill(1);
    EXPECT_EQ(ledger.AcceptsRefused(), kAdmissionCount - 2);
    EXPECT_NE(ledger.ToString().find(" HostFull=1 SubnetFull=1 "), std::string::npos) << ledger.ToString();
}

}  // namespace

}  // namespace servercore::test
