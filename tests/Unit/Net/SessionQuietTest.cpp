// A session that has not sent for a while gives back what sending takes, and nobody notices.
#include "tests/Support/ServiceFixture.h"

namespace servercore::test {
namespace {

class SessionQuietTest : public ServiceFixture {
protected:
    static constexpr Duration kQuiet = 1min;

    [[nodiscard]] SessionTotals Totals() const { return service->GetLedger().totals; }
};

TEST_F(SessionQuietTest, TellsWhatItHasSentWhenItFallsSilent) {
    StartServer();
    const Link link = Accept();
    EXPECT_EQ(Send(link, "hello"), SendResult::Queued);
    Dispatch();
    link.wire->TakeSend();
    Dispatch();
    EXPECT_EQ(Totals().packetsSent, 0U);
    Advance(kQuiet);
    EXPECT_EQ(Totals().packetsQueued, 1U);
    EXPECT_EQ(Totals().packetsSent, 1U);
    EXPECT_EQ(Totals().bytesSent, 5U);
}

TEST_F(SessionQuietTest, SendsAgainAfterwardsAndCountsEachPacketOnce) {
    StartServer();
    const Link link = Accept();
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(Send(link, "hello"), SendResult::Queued);
        Dispatch();
        link.wire->TakeSend();
        Dispatch();
        Advance(kQuiet);
    }
    EXPECT_EQ(Send(link, "lost"), SendResult::Queued);
    link.session->Abort(CloseReason::Kicked);
    Dispatch();
    EXPECT_EQ(link.wire->Taken(), "hellohellohello");
    EXPECT_EQ(Totals().packetsQueued, 4U);
    EXPECT_EQ(Totals().packetsSent, 3U);
    EXPECT_EQ(Totals().packetsAbandoned, 1U);
    EXPECT_EQ(Totals().sends, 3U);
}

TEST_F(SessionQuietTest, KeepsEverythingWhileASendIsInFlight) {
    config.limits.sendAge = 0ms;
    StartServer();
    const Link link = Accept();
    EXPECT_EQ(Send(link, "hello"), SendResult::Queued);
    Dispatch();
    Advance(kQuiet);
    EXPECT_EQ(Totals().packetsQueued, 0U);
    link.wire->TakeSend();
    Dispatch();
    EXPECT_EQ(link.wire->Taken(), "hello");
}

}  // namespace
}  // namespace servercore::test
