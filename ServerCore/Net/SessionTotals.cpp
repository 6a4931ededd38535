#include "ServerCore/Net/SessionTotals.h"

namespace servercore {

SessionTotals& SessionTotals::operator+=(const SessionTotals& other) noexcept {
    packetsQueued += other.packetsQueued;
    packetsSent += other.packetsSent;
    packetsReplaced += other.packetsReplaced;
    packetsAbandoned += other.packetsAbandoned;
    packetsDropped += other.packetsDropped;
    sends += other.sends;
    bytesSent += other.bytesSent;
    bytesReceived += other.bytesReceived;
    packetsReceived += other.packetsReceived;
    throttles += other.throttles;
    packetsOverBudget += other.packetsOverBudget;
    packetsObserved += other.packetsObserved;
    closesObserved += other.closesObserved;
    packetsGranted += other.packetsGranted;
    return *this;
}

}  // namespace servercore
