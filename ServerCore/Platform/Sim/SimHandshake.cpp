#include "ServerCore/Platform/Sim/SimHandshake.h"

#include <chrono>

#include "ServerCore/Platform/Sim/SimListener.h"

namespace servercore::platform {

namespace {

constexpr Duration kFirstRetry = std::chrono::seconds(1);  // RFC 6298: the initial retransmission timeout

void Refuse(SimKernel& kernel, const std::shared_ptr<SimEnd>& client) {
    kernel.Plan(kernel.Now() + kernel.Options().latency, [client] { client->FailConnect(SimError::Refused); });
}

// The request arrives where the client wants to connect to.
void Knock(SimKernel& kernel, SimAddressBook& addresses, const std::shared_ptr<SimEnd>& client, Duration retry) {
    if (!client->IsConnecting()) {
        return;
    }
    SimListener* listener = addresses.FindListener(client->Peer());
    if (listener == nullptr || kernel.Strikes(SimFault::ConnectRefused)) {
        Refuse(kernel, client);
    } else if (listener->IsFull()) {
        kernel.Plan(kernel.Now() + retry, [&kernel, &addresses, client, retry] { Knock(kernel, addresses, client, 2 * retry); });
    } else {
        const auto server = std::make_shared<SimEnd>(kernel, client->Peer(), client->Local());
        SimEnd::Join(client, server);
        listener->Arrive(server);
    }
}

}  // namespace

void BeginHandshake(SimKernel& kernel, SimAddressBook& addresses, const std::shared_ptr<SimEnd>& client) {
    const SimOptions& options = kernel.Options();
    kernel.Plan(kernel.Now() + options.connectGivesUp, [client] { client->FailConnect(SimError::TimedOut); });
    if (kernel.Strikes(SimFault::ConnectBlackHoled)) {
        return;
    }
    TimePoint arrival = kernel.Now() + options.latency + kernel.Random().UpTo(options.jitter);
    if (kernel.Strikes(SimFault::ConnectDelayed)) {
        arrival += kernel.Random().UpTo(options.maxDelay);
    }
    kernel.Plan(arrival, [&kernel, &addresses, client] { Knock(kernel, addresses, client, kFirstRetry); });
}

}  // namespace servercore::platform
