#pragma once
#include <mosquitto.h>
#include <mqtt_protocol.h>
// The link waits for the broker's socket and for a wake in one poll; Swift's Glibc module leaves this header out.
#include <sys/eventfd.h>
