#pragma once
#include <mosquitto.h>
#include <mqtt_protocol.h>
// What Swift's Glibc module leaves out. The link waits for the broker's socket and for a wake in one poll.
#include <sys/eventfd.h>
