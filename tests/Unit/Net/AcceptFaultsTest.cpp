// What a service does when the operating system lets it down while it listens or begins to.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <thread>

#include "tests/Support/ServiceFixture.h"

namespace servercore::test {

namespace {

const NetAddress kAddress = NetAddress::FromIPv4({10, 0, 0, 9}, 7777);
constexpr std::size_t kDepth = 4;

std::size_t CountOf(std::string_view part, const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

class AcceptFaults : public ServiceFixture {
protected:
    // As a whole minute of upkeep, a tenth of a second at a time.
    void PassAMinute() {
        for (int i = 0; i < 600; ++i) {
            Advance(kUpkeep);
        }
    }
};

// --- The system is short of something ----------------------------------------------------------------------------------

// Row 19 of the attack catalogue: within a second of the last failure, however long it has lasted.
TEST_F(AcceptFaults, AMinuteWithoutResourcesIsFollowedByServiceAtFullDepthWithinASecond) {
    for (const std::errc shortage : {std::errc::too_many_files_open, std::errc::no_buffer_space, std::errc::not_enough_memory,
                                     std::errc::too_many_files_open_in_system, std::errc::network_down, std::errc::io_error}) {
        StartServer(kDepth);
        FakeSocket& line = network.Listener(network.Count(Call::OpenListener) - 1);
        const std::size_t before = network.Count(Call::Accept);
        const auto failAll = [&] {
            while (line.Accepting() > 0) {
                line.FailAccept(std::make_error_code(shortage));
            }
        };
        for (int i = 0; i < 600; ++i) {
            failAll();
            Advance(kUpkeep);
        }
        EXPECT_LE(network.Count(Call::Accept) - before, kDepth * 90) << "about once a second, and not all the time";
        while (line.Accepting() == 0) {
            Advance(kUpkeep);
        }
        failAll();
        Dispatch();
        for (Duration passed = kUpkeep; passed <= 1s; passed += kUpkeep) {
            Advance(kUpkeep);
        }
        EXPECT_EQ(line.Accepting(), kDepth);
        EXPECT_EQ(service->GetLedger().acceptsInFlight, kDepth);
        line.AcceptFrom(kAddress);
        Dispatch();
        EXPECT_EQ(service->SessionCount(), 1U);
        EXPECT_EQ(service->GetLedger().listenerRebuilds, 0U) << "the socket was in order";
        EndService();
    }
}

TEST_F(AcceptFaults, AreToldToTheLogOnceAndThenEveryTenSeconds) {
    ::testing::internal::CaptureStderr();
    log = Logger::ToStandardError("accept-faults", LogLevel::Warning);
    StartServer(kDepth);
    network.Fail(Call::Accept, std::errc::too_many_files_open);
    for (std::size_t i = 0; i < kDepth; ++i) {
        network.Listener().FailAccept(std::make_error_code(std::errc::too_many_files_open));
    }
    Dispatch();
    PassAMinute();
    network.Fail(Call::Accept, {}, 0);
    const std::string text = ::testing::internal::GetCapturedStderr();
    EXPECT_GE(CountOf("cannot accept connections", text), 6U);
    EXPECT_LE(CountOf("cannot accept connections", text), 7U) << text;
    log = Logger::Silent();
}

// --- The listening socket is broken ------------------------------------------------------------------------------------

TEST_F(AcceptFaults, ABrokenSocketIsClosedAndOpenedAgainAtTheSameAddress) {
    for (const std::errc fatal : {std::errc::bad_file_descriptor, std::errc::not_a_socket, std::errc::invalid_argument}) {
        ServerService& server = StartServer(kDepth);
        const std::size_t index = network.Count(Call::OpenListener) - 1;
        const NetAddress address = server.ListenAddress();
        network.Listener(index).AcceptFrom(kAddress);
        network.Listener(index).FailAccept(std::make_error_code(fatal));
        Dispatch();
        EXPECT_TRUE(network.Listener(index).Saw(Call::Close)) << "or the port is not free for the next one";
        Advance(kUpkeep);
        ASSERT_EQ(network.Count(Call::OpenListener), index + 2);
        FakeSocket& rebuilt = network.Listener(index + 1);
        EXPECT_EQ(rebuilt.Accepting(), kDepth);
        EXPECT_EQ(server.ListenAddress(), address);
        rebuilt.AcceptFrom(kAddress);
        Dispatch();
        const Ledger ledger = server.GetLedger();
        EXPECT_EQ(ledger.sessionsOpened - ledger.sessionsClosed, 2U) << "who was there has stayed";
        EXPECT_EQ(ledger.listenerRebuilds, 1U);
        EXPECT_EQ(ledger.acceptsFailed, 1U) << "the failures of the broken one are not forgotten, cancelled accepts are no failures";
        EndService();
    }
}

TEST_F(AcceptFaults, ASubmitCanTellThatTheSocketIsBrokenToo) {
    StartServer(kDepth);
    network.Fail(Call::Accept, std::errc::not_a_socket, 1);
    network.Listener().FailAccept(std::make_error_code(std::errc::connection_aborted));  // the next one is submitted at once
    Dispatch();
    Advance(kUpkeep);
    EXPECT_EQ(network.Count(Call::OpenListener), 2U);
    EXPECT_EQ(network.Listener(1).Accepting(), kDepth);
    EXPECT_EQ(service->GetLedger().acceptsFailed, 2U);
}

TEST_F(AcceptFaults, ReopeningGoesOnUntilItWorksAndNotTooOften) {
    StartServer(kDepth);
    network.Fail(Call::OpenListener, std::errc::address_in_use);
    network.Listener().FailAccept(std::make_error_code(std::errc::bad_file_descriptor));
    Dispatch();
    PassAMinute();
    EXPECT_GE(network.Count(Call::OpenListener), 50U);
    EXPECT_LE(network.Count(Call::OpenListener), 90U) << "about once a second";
    EXPECT_EQ(service->GetLedger().listenerRebuilds, 0U);
    network.Fail(Call::OpenListener, {}, 0);
    Advance(2s);
    EXPECT_EQ(network.Listener(1).Accepting(), kDepth);
    EXPECT_EQ(service->GetLedger().listenerRebuilds, 1U);
}

TEST_F(AcceptFaults, AServiceThatStopsReopensNothing) {
    StartServer(kDepth);
    network.Listener().FailAccept(std::make_error_code(std::errc::bad_file_descriptor));
    service->Stop();
    Dispatch();
    PassAMinute();
    EXPECT_EQ(network.Count(Call::OpenListener), 1U);
}

// --- The port is in use ------------------------------------------------------------------------------------------------

class BindRetry : public ServiceFixture {
protected:
    std::error_code Start(std::chrono::milliseconds budget) {
        return server.Start({.address = kAddress, .options = {}, .acceptDepth = kDepth, .bindRetry = budget});
    }
    ServerService server{network, config, [] { return nullptr; }, clock, log};
};

TEST_F(BindRetry, IsOffByDefault) {
    network.Fail(Call::OpenListener, std::errc::address_in_use, 1);
    EXPECT_EQ(Start(ListenConfig().bindRetry), std::errc::address_in_use);
    EXPECT_EQ(network.Count(Call::OpenListener), 1U);
}

TEST_F(BindRetry, StartsAsSoonAsThePortIsFree) {
    network.Fail(Call::OpenListener, std::errc::address_in_use, 2);
    EXPECT_EQ(Start(1h), std::error_code{});
    EXPECT_EQ(network.Count(Call::OpenListener), 3U);
    EXPECT_EQ(network.Listener().Accepting(), kDepth);
    EXPECT_EQ(server.GetLedger().listenerRebuilds, 0U);
}

TEST_F(BindRetry, GivesUpWhenItsTimeIsOver) {
    network.Fail(Call::OpenListener, std::errc::address_in_use);
    EXPECT_EQ(Start(40ms), std::errc::address_in_use);
    EXPECT_EQ(network.Count(Call::OpenListener), 4U) << "at once, after 10, 20 and the last 10 ms";
}

TEST_F(BindRetry, IsForAPortInUseOnly) {
    network.Fail(Call::OpenListener, std::errc::permission_denied, 1);
    EXPECT_EQ(Start(1h), std::errc::permission_denied);
    EXPECT_EQ(network.Count(Call::OpenListener), 1U);
}

TEST_F(BindRetry, IsCutShortByStop) {
    network.Fail(Call::OpenListener, std::errc::address_in_use);
    network.beforeCall = [&](Call call, FakeSocket*) {
        if (call == Call::OpenListener && network.Count(call) == 3) {
            std::thread([&] { server.Stop(); }).join();
        }
    };
    EXPECT_EQ(Start(1h), std::errc::operation_canceled);
    EXPECT_EQ(network.Count(Call::OpenListener), 3U);
}

}  // namespace

}  // namespace servercore::test
