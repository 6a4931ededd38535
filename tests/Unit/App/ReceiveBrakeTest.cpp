// Sessions that feed a job queue which does not keep up.
#include "ServerCore/App/ReceiveBrake.h"

#include <gtest/gtest.h>

#include <memory>

#include "ServerCore/Job/ManualExecutor.h"
#include "tests/Support/ServiceFixture.h"

namespace servercore::test {
namespace {

// A queue that is behind from the fourth job on and has caught up at one.
class ReceiveBrakeTest : public ServiceFixture {
protected:
    void SetUp() override {
        queue->SetObserver(brake);
        script.onReceived = [this](RecordingSession& session) {
            EXPECT_EQ(queue->Post([this] { ++done; }), JobQueue::PostResult::Queued);
            brake->Apply(session);
        };
        StartServer();
    }

    void Deliver(const Link& link) {
        link.wire->Deliver("x");
        Dispatch();
    }

    std::size_t done = 0;
    ManualExecutor executor;
    const std::shared_ptr<JobQueue> queue = std::make_shared<JobQueue>(executor, clock, JobQueueLimits{.highWater = 4, .lowWater = 1});
    const std::shared_ptr<app::ReceiveBrake> brake = std::make_shared<app::ReceiveBrake>();
};

TEST_F(ReceiveBrakeTest, LetsEverybodyBeReadWhileTheQueueKeepsUp) {
    const Link link = Accept();
    for (int i = 0; i < 100; ++i) {
        Deliver(link);
        executor.RunAll();
    }
    EXPECT_EQ(done, 100U);
    EXPECT_TRUE(link.wire->IsReceiving());
}

TEST_F(ReceiveBrakeTest, StopsReadingWhoeverPostsToAQueueThatIsBehind) {
    const Link first = Accept();
    const Link second = Accept();
    const Link quiet = Accept();
    for (int i = 0; i < 3; ++i) {
        Deliver(first);
    }
    EXPECT_TRUE(first.wire->IsReceiving());
    Deliver(first);
    EXPECT_FALSE(first.wire->IsReceiving());
    EXPECT_TRUE(second.wire->IsReceiving()) << "it has not posted yet";
    Deliver(second);
    EXPECT_FALSE(second.wire->IsReceiving());
    EXPECT_TRUE(quiet.wire->IsReceiving());

    executor.RunAll();
    Dispatch();
    EXPECT_EQ(done, 5U);
    EXPECT_TRUE(first.wire->IsReceiving());
    EXPECT_TRUE(second.wire->IsReceiving());
    Deliver(first);
    EXPECT_EQ(queue->Stats().pending, 1U);
}

TEST_F(ReceiveBrakeTest, ForgetsSessionsThatHaveEnded) {
    Link link = Accept();
    for (int i = 0; i < 4; ++i) {
        Deliver(link);
    }
    EXPECT_FALSE(link.wire->IsReceiving());
    link.session->Abort(CloseReason::Kicked);
    Dispatch();
    sessions.clear();
    link.session.reset();
    executor.RunAll();
    EXPECT_EQ(done, 4U);
}

}  // namespace
}  // namespace servercore::test
