import Correlation
import GatewayPorts
import SafetyCore
import SafetyModel

/// How many supervised devices of homes in service can be heard now.
///
/// A device that was never heard has no availability: it counts among the devices, never among the available
/// ones, and apart from those that were lost.
struct Availability {
    /// By profile, in the order of first appearance.
    private(set) var profiles: [Profile] = []

    /// The figures of one profile.
    struct Profile {
        var profile: String
        var devices = 0
        var available = 0
        var neverHeard = 0

        /// Of all devices, since one that was never heard guards nobody.
        var share: Double { available.share(of: devices) }
        var neverHeardShare: Double { neverHeard.share(of: devices) }
    }

    init(_ view: MachineView?) {
        guard let view else { return }
        let community = view.site.site.community
        var places: [String: Int] = [:]
        var counted: [Profile] = []
        view.forEachHome { index, home in
            guard community.homes[index.int].isInService else { return }
            let first = view.site.devices(of: index).lowerBound
            let perception = home.perception
            for local in perception.devices.indices {
                let device = community.devices[first + local]
                guard device.supervision > .zero || device.kind == .bridge else { continue }
                let place = places[device.profile] ?? counted.count
                if place == counted.count {
                    places[device.profile] = place
                    counted.append(Profile(profile: device.profile))
                }
                counted[place].devices += 1
                switch DeviceStanding(of: device, local: local, in: perception) {
                case .heard: counted[place].available += 1
                case .neverHeard: counted[place].neverHeard += 1
                case .lost: break
                }
            }
        }
        profiles = counted
    }

    /// All profiles together.
    private var whole: Profile {
        profiles.reduce(into: Profile(profile: "")) { whole, entry in
            whole.devices += entry.devices
            whole.available += entry.available
            whole.neverHeard += entry.neverHeard
        }
    }

    func write(into json: inout JSONText) {
        whole.write(into: &json)
        json.key("byProfile")
        json.array { json in
            for entry in profiles {
                json.object { json in
                    json.key("profile")
                    json.value(entry.profile)
                    entry.write(into: &json)
                }
            }
        }
    }

    func write(into csv: inout CSVText) {
        csv.row(titles: "profile", "devices", "available", "share", "neverHeard", "neverHeardShare")
        for entry in profiles {
            csv.row([
                .text(entry.profile), .number(Double(entry.devices)), .number(Double(entry.available)),
                .number(entry.share), .number(Double(entry.neverHeard)), .number(entry.neverHeardShare),
            ])
        }
    }
}

extension Availability.Profile {
    fileprivate func write(into json: inout JSONText) {
        json.key("devices")
        json.value(devices)
        json.key("available")
        json.value(available)
        json.key("share")
        json.value(share)
        json.key("neverHeard")
        json.value(neverHeard)
        json.key("neverHeardShare")
        json.value(neverHeardShare)
    }
}
