// Who comes in: ConnectionGate and AcceptRate.
#include "ServerCore/Net/ConnectionGate.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace servercore::test {

namespace {

using namespace std::chrono_literals;

NetAddress Host(std::string_view text) {
    return NetAddress::Parse(text).value();
}

NetAddress Number(std::uint32_t number) {
    return NetAddress::FromIPv4({static_cast<std::uint8_t>(number >> 24U), static_cast<std::uint8_t>(number >> 16U),
                                 static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number)},
                                1);
}

// A gate, and the time that it is told.
class Gate : public ::testing::Test {
protected:
    void Build(const AdmissionLimits& limits, std::size_t maxSessions = 1000) { gate_.emplace(maxSessions, limits); }

    Admission Enter(const NetAddress& peer) {
        AdmittedPlace place;
        const Admission verdict = gate_->TryEnter(peer, now, place);
        if (verdict == Admission::Admitted) {
            places_.insert_or_assign(peer.ToString(), place);
        }
        return verdict;
    }
    Admission Enter(std::string_view peer) { return Enter(Host(peer)); }
    void Leave(std::string_view peer) { gate_->Leave(Host(peer), places_.at(Host(peer).ToString())); }
    // How many of so many are admitted.
    std::size_t EnterMany(std::string_view peer, std::size_t attempts) {
        std::size_t admitted = 0;
        for (std::size_t i = 0; i < attempts; ++i) {
            admitted += Enter(peer) == Admission::Admitted ? 1U : 0U;
        }
        return admitted;
    }

    TimePoint now = TimePoint(1h);
    std::optional<ConnectionGate> gate_;
    std::map<std::string, AdmittedPlace> places_;  // of who was admitted last with that address
};

TEST_F(Gate, LimitsNothingButTheSessionsUnlessItIsTold) {
    Build({});
    EXPECT_EQ(EnterMany("10.0.0.1:1", 2000), 1000U);
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::ServiceFull);
    EXPECT_EQ(gate_->Sessions(), 1000U);
}

TEST_F(Gate, AdmitsAgainAfterOneLeft) {
    Build({}, 2);
    EXPECT_EQ(EnterMany("10.0.0.1:1", 3), 2U);
    Leave("10.0.0.1:1");
    EXPECT_EQ(Enter("10.0.0.2:1"), Admission::Admitted);
    EXPECT_EQ(Enter("10.0.0.3:1"), Admission::ServiceFull);
}

// --- Live sessions -----------------------------------------------------------------------------------------------------

TEST_F(Gate, CountsAHostByItsAddressWhateverThePort) {
    Build({.maxSessionsPerHost = 2});
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::Admitted);
    EXPECT_EQ(Enter("10.0.0.1:2"), Admission::Admitted);
    EXPECT_EQ(Enter("10.0.0.1:3"), Admission::HostFull);
    EXPECT_EQ(Enter("10.0.0.2:3"), Admission::Admitted);
    Leave("10.0.0.1:2");
    EXPECT_EQ(Enter("10.0.0.1:3"), Admission::Admitted);
    EXPECT_EQ(Enter("10.0.0.1:4"), Admission::HostFull);
}

TEST_F(Gate, TellsAHostFromOneOfTheOtherFamilyWithTheSameBytes) {
    Build({.maxSessionsPerHost = 1, .maxSessionsPerSubnet = 1});
    EXPECT_EQ(Enter("1.2.3.4:1"), Admission::Admitted);
    EXPECT_EQ(Enter("[102:304::]:1"), Admission::Admitted);
    EXPECT_EQ(Enter("1.2.3.4:1"), Admission::HostFull);
    EXPECT_EQ(Enter("[102:304::]:1"), Admission::HostFull);
}

TEST_F(Gate, CountsAMappedAddressWithTheIPv4HostItIs) {
    Build({.maxSessionsPerHost = 1});
    EXPECT_EQ(Enter("[::ffff:10.0.0.1]:1"), Admission::Admitted);
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::HostFull);
}

TEST_F(Gate, CountsASubnetOfEachFamilyByItsOwnSize) {
    Build({.maxSessionsPerSubnet = 2});
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::Admitted);
    EXPECT_EQ(Enter("10.0.0.255:1"), Admission::Admitted);
    EXPECT_EQ(Enter("10.0.0.7:1"), Admission::SubnetFull);
    EXPECT_EQ(Enter("10.0.1.7:1"), Admission::Admitted);
    EXPECT_EQ(Enter("[2001:db8:0:1::1]:1"), Admission::Admitted);
    EXPECT_EQ(Enter("[2001:db8:0:1:ffff::1]:1"), Admission::Admitted);
    EXPECT_EQ(Enter("[2001:db8:0:1::2]:1"), Admission::SubnetFull);
    EXPECT_EQ(Enter("[2001:db8:0:2::1]:1"), Admission::Admitted);
    Leave("10.0.0.1:1");
    EXPECT_EQ(Enter("10.0.0.7:1"), Admission::Admitted);
}

TEST_F(Gate, TakesTheSizeOfASubnetFromItsLimits) {
    Build({.maxSessionsPerSubnet = 1, .subnetBitsIPv4 = 16, .subnetBitsIPv6 = 48});
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::Admitted);
    EXPECT_EQ(Enter("10.0.9.1:1"), Admission::SubnetFull);
    EXPECT_EQ(Enter("10.1.0.1:1"), Admission::Admitted);
    EXPECT_EQ(Enter("[2001:db8:1:1::1]:1"), Admission::Admitted);
    EXPECT_EQ(Enter("[2001:db8:1:2::1]:1"), Admission::SubnetFull);
}

TEST_F(Gate, ARefusalCostsNothing) {
    Build({.maxSessionsPerHost = 1, .maxSessionsPerSubnet = 2, .acceptsPerSecond = 1, .acceptBurst = 3}, 2);
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::Admitted);
    EXPECT_EQ(EnterMany("10.0.0.1:1", 100), 0U) << "over the cap of the host";
    EXPECT_EQ(gate_->Sessions(), 1U);
    Leave("10.0.0.1:1");
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::Admitted) << "the hundred have taken no token and no place";
    EXPECT_EQ(Enter("10.0.0.2:1"), Admission::Admitted);
    EXPECT_EQ(Enter("10.0.1.1:1"), Admission::ServiceFull);
}

TEST_F(Gate, LeavingWithoutHavingEnteredAborts) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    Build({.maxSessionsPerHost = 1});
    EXPECT_DEATH(gate_->Leave({}, {}), "assertion failed");
}

// --- The rate ----------------------------------------------------------------------------------------------------------

TEST_F(Gate, AdmitsTheBurstAtOnceAndThenTheRateToTheMoment) {
    Build({.acceptsPerSecond = 1, .acceptBurst = 10});
    EXPECT_EQ(EnterMany("10.0.0.1:1", 100), 10U);
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::TooOften);
    now += 1s - 1ns;
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::TooOften);
    now += 1ns;
    EXPECT_EQ(EnterMany("10.0.0.1:1", 100), 1U) << "an impatient client is let in as soon as a patient one";
    now += 1h;
    EXPECT_EQ(EnterMany("10.0.0.1:1", 100), 10U) << "no more than a burst is saved up";
}

TEST_F(Gate, GivesEachHostARateOfItsOwn) {
    Build({.acceptsPerSecond = 1, .acceptBurst = 2});
    EXPECT_EQ(EnterMany("10.0.0.1:1", 9), 2U);
    EXPECT_EQ(EnterMany("10.0.0.2:1", 9), 2U);
}

TEST_F(Gate, TakesAnIPv6SubnetForOneHostWhereTheRateIsConcerned) {
    Build({.acceptsPerSecond = 1, .acceptBurst = 2});
    EXPECT_EQ(Enter("[2001:db8::1]:1"), Admission::Admitted);
    EXPECT_EQ(Enter("[2001:db8::2]:1"), Admission::Admitted);
    EXPECT_EQ(Enter("[2001:db8::3]:1"), Admission::TooOften) << "an address of its own for each connection would evade the rate";
    EXPECT_EQ(Enter("[2001:db8:0:1::1]:1"), Admission::Admitted);
}

TEST_F(Gate, LeavingGivesNoTokenBack) {
    Build({.acceptsPerSecond = 1, .acceptBurst = 2});
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(Enter("10.0.0.1:1"), Admission::Admitted);
        Leave("10.0.0.1:1");
    }
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::TooOften) << "connecting and leaving is what the rate is about";
}

// --- Exempt ranges -----------------------------------------------------------------------------------------------------

TEST_F(Gate, FreesExemptRangesOfAllButTheSessionCap) {
    Build({.maxSessionsPerHost = 1,
           .maxSessionsPerSubnet = 1,
           .acceptsPerSecond = 1,
           .acceptBurst = 1,
           .exempt = {CidrRange::Parse("192.0.2.0/28").value(), CidrRange::Parse("2001:db8::/32").value()}},
          50);
    EXPECT_EQ(EnterMany("192.0.2.1:1", 20), 20U);
    EXPECT_EQ(EnterMany("[2001:db8::1]:1", 20), 20U);
    EXPECT_EQ(EnterMany("192.0.2.16:1", 20), 1U) << "a neighbour outside the range has its own place, and no more than that";
    EXPECT_EQ(EnterMany("192.0.2.2:1", 20), 9U) << "the cap of the service is for everybody";
    EXPECT_EQ(Enter("192.0.2.1:1"), Admission::ServiceFull);
    for (int i = 0; i < 20; ++i) {
        Leave("192.0.2.1:1");
    }
    EXPECT_EQ(gate_->Sessions(), 30U);
    EXPECT_EQ(Enter("192.0.2.17:1"), Admission::SubnetFull);
}

// --- Changes while it is at work ----------------------------------------------------------------------------------------

TEST_F(Gate, ANewCapKeepsTheCountsAndSendsNobodyAway) {
    Build({.maxSessionsPerHost = 3});
    EXPECT_EQ(EnterMany("10.0.0.1:1", 5), 3U);
    gate_->SetLimits(1000, {.maxSessionsPerHost = 1});
    EXPECT_EQ(gate_->Sessions(), 3U);
    Leave("10.0.0.1:1");
    Leave("10.0.0.1:1");
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::HostFull);
    Leave("10.0.0.1:1");
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::Admitted);
    gate_->SetLimits(1, {.maxSessionsPerHost = 2});
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::ServiceFull);
}

TEST_F(Gate, ACapWhereThereWasNoneCountsWhoComesAfterIt) {
    Build({});
    EXPECT_EQ(EnterMany("10.0.0.1:1", 5), 5U);
    const AdmittedPlace early = places_.begin()->second;
    gate_->SetLimits(1000, {.maxSessionsPerHost = 2, .maxSessionsPerSubnet = 2});
    EXPECT_EQ(EnterMany("10.0.0.1:1", 5), 2U);
    for (int i = 0; i < 5; ++i) {
        gate_->Leave(Host("10.0.0.1:1"), early);
    }
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::HostFull) << "who came before the cap takes no place under it, nor gives one back";
    Leave("10.0.0.1:1");
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::Admitted);
}

TEST_F(Gate, WhoIsExemptOnlyFromNowOnGivesItsPlaceBack) {
    Build({.maxSessionsPerHost = 1, .maxSessionsPerSubnet = 2});
    EXPECT_EQ(Enter("10.0.0.1:1"), Admission::Admitted);
    EXPECT_EQ(Enter("10.0.0.2:1"), Admission::Admitted);
    gate_->SetLimits(1000, {.maxSessionsPerHost = 1, .maxSessionsPerSubnet = 2, .exempt = {CidrRange::Parse("10.0.0.1/32").value()}});
    Leave("10.0.0.1:1");
    EXPECT_EQ(Enter("10.0.0.3:1"), Admission::Admitted);
    EXPECT_EQ(Enter("10.0.0.4:1"), Admission::SubnetFull);
    EXPECT_EQ(EnterMany("10.0.0.1:1", 5), 5U);
}

TEST_F(Gate, ANewRateForgetsTheOldOne) {
    Build({.acceptsPerSecond = 0.001, .acceptBurst = 1});
    EXPECT_EQ(EnterMany("10.0.0.1:1", 5), 1U);
    gate_->SetLimits(1000, {.acceptsPerSecond = 0.001, .acceptBurst = 3});
    EXPECT_EQ(EnterMany("10.0.0.1:1", 5), 3U);
    gate_->SetLimits(1000, {});
    EXPECT_EQ(EnterMany("10.0.0.1:1", 5), 5U);
}

// --- Memory ------------------------------------------------------------------------------------------------------------

TEST_F(Gate, RemembersABoundedNumberOfHostsAndForgetsTheQuietestOne) {
    Build({.acceptsPerSecond = 0.001, .acceptBurst = 1, .maxRememberedHosts = 100}, 1000000);
    for (std::uint32_t i = 0; i < 100; ++i) {
        ASSERT_EQ(Enter(Number(i)), Admission::Admitted);
    }
    EXPECT_EQ(Enter(Number(0)), Admission::TooOften);
    EXPECT_EQ(gate_->ForgottenHosts(), 0U);
    for (std::uint32_t i = 100; i < 10000; ++i) {
        ASSERT_EQ(Enter(Number(i)), Admission::Admitted) << "a flood from many addresses shuts out no stranger";
    }
    EXPECT_EQ(gate_->ForgottenHosts(), 9900U);
    EXPECT_EQ(Enter(Number(9999)), Admission::TooOften);
    EXPECT_EQ(Enter(Number(9900)), Admission::TooOften);
    EXPECT_EQ(Enter(Number(0)), Admission::Admitted) << "forgotten long ago";
}

TEST(AcceptRate, DropsHostsAsSoonAsTheyMayComeAsOftenAsStrangers) {
    AcceptRate rate(1, 10, 1000);
    TimePoint now(1h);
    for (std::uint32_t i = 0; i < 1000; ++i) {
        ASSERT_TRUE(rate.TryTake(CidrRange::Around(Number(i), 32), now));
    }
    EXPECT_EQ(rate.Remembered(), 1000U);
    now += 1s;  // all are full again
    for (std::uint32_t i = 0; i < 1000; ++i) {
        ASSERT_TRUE(rate.TryTake(CidrRange::Around(Number(100000), 32), now));
        now += 1s;
    }
    EXPECT_EQ(rate.Remembered(), 1U);
    EXPECT_EQ(rate.Forgotten(), 0U);
}

TEST(AcceptRate, WithoutARateRemembersNobody) {
    AcceptRate rate(0, 0, 10);
    for (std::uint32_t i = 0; i < 1000; ++i) {
        ASSERT_TRUE(rate.TryTake(CidrRange::Around(Number(i), 32), TimePoint(1h)));
    }
    EXPECT_EQ(rate.Remembered(), 0U);
}

TEST(AcceptRate, TakesAbsurdNumbersInItsStride) {
    AcceptRate slow(1e-300, 1e300, 0);
    AcceptRate fast(1e300, -5, 0);
    const CidrRange host = CidrRange::Around(Number(1), 32);
    for (int i = 0; i < 2; ++i) {
        EXPECT_TRUE(slow.TryTake(host, TimePoint(1h)));
        EXPECT_TRUE(fast.TryTake(host, TimePoint(1h)));
    }
}

}  // namespace

}  // namespace servercore::test
