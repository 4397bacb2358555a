#pragma once
#include <mosquitto.h>
#include <mqtt_protocol.h>
// What Swift's Glibc module leaves out. The link waits for the broker's socket and for a wake in one poll:
#include <sys/eventfd.h>
// the heap of its thread must not grow page by page:
#include <malloc.h>
