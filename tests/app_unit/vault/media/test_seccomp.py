"""The system call filter, run by a small interpreter of BPF for machines that are not at hand."""

import errno
import struct

import pytest

from mediavault.vault.media.seccomp import ALLOW, KILL_PROCESS, MACHINES, REFUSE, program, program_filter

# Numbers from the kernel's own tables.
NETWORK = {
    "x86_64": {"socket": 41, "connect": 42, "accept": 43, "sendto": 44, "bind": 49, "socketpair": 53},
    "aarch64": {"socket": 198, "socketpair": 199, "bind": 200, "connect": 203, "sendto": 206, "accept": 202},
}
DANGEROUS = {
    "x86_64": {"open": 2, "openat": 257, "execve": 59, "fork": 57, "clone": 56, "ptrace": 101, "unlink": 87},
    "aarch64": {"openat": 56, "execve": 221, "clone": 220, "ptrace": 117, "unlinkat": 35, "renameat": 38},
}
EVERYWHERE = {"io_uring_setup": 425, "clone3": 435, "openat2": 437, "pidfd_getfd": 438}


def judged(code: bytes, *, audit: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """What the kernel would do with a call: the value that the program returns."""
    data = {0: number, 4: audit} | {16 + 8 * at: value for at, value in enumerate(arguments)}
    instructions = list(struct.iter_unpack("<HBBI", code))
    accumulator, at = 0, 0
    while True:
        operation, when_true, when_false, value = instructions[at]
        at += 1
        match operation:
            case 0x20:
                accumulator = data[value]
            case 0x54:
                accumulator &= value
            case 0x15:
                at += when_true if accumulator == value else when_false
            case 0x06:
                return int(value)
            case _:
                pytest.fail(f"an operation that the kernel would read otherwise: {operation:#x}")


@pytest.fixture(params=sorted(MACHINES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_exactly_the_listed_calls_are_allowed(name: str) -> None:
    machine = MACHINES[name]
    code = program(machine)
    allowed = {number for number in range(600) if judged(code, audit=machine.audit, number=number) == ALLOW}
    assert allowed == set(machine.allowed.values())


def test_network_files_and_processes_are_refused(name: str) -> None:
    machine = MACHINES[name]
    for call, number in (NETWORK[name] | DANGEROUS[name] | EVERYWHERE).items():
        assert judged(program(machine), audit=machine.audit, number=number) == REFUSE, call


def test_a_call_by_the_rules_of_another_machine_is_fatal(name: str) -> None:
    code = program(MACHINES[name])
    for audit in (0x40000003, 0x40000028, 0):
        assert judged(code, audit=audit, number=0) == KILL_PROCESS


def test_the_second_abi_of_the_same_machine_is_refused() -> None:
    machine = MACHINES["x86_64"]
    assert (
        judged(program(machine), audit=machine.audit, number=0x40000000 | machine.allowed["read"]) == REFUSE
    )


def judged_program(name: str, number: int, *arguments: int, writing: bool = False) -> int:
    machine = MACHINES[name]
    return judged(
        program_filter(machine, writing=writing), audit=machine.audit, number=number, arguments=arguments
    )


def test_a_program_opens_files_to_read_only_and_has_threads_but_no_children(name: str) -> None:
    machine = MACHINES[name]
    for flags, verdict in ((0, ALLOW), (0x80000, ALLOW), (1, REFUSE), (2, REFUSE), (0x40, REFUSE)):
        assert judged_program(name, machine.opening, 0, 0, flags) == verdict
    assert judged_program(name, machine.cloning, 0x3D0F00) == ALLOW
    assert judged_program(name, machine.cloning, 0x01200011) == REFUSE
    assert judged_program(name, 435) & 0xFFFF == errno.ENOSYS
    forbidden = NETWORK[name].items() | {each for each in DANGEROUS[name].items() if "exec" not in each[0]}
    for call, number in forbidden:
        if number not in (machine.opening, machine.cloning):
            assert judged_program(name, number) == REFUSE, call


def test_one_that_writes_to_a_path_opens_it_as_c_does(name: str) -> None:
    opening = MACHINES[name].opening
    for flags, verdict in ((0, ALLOW), (0x241, ALLOW), (1, REFUSE), (2, REFUSE), (0x441, REFUSE)):
        assert judged_program(name, opening, 0, 0, flags, writing=True) == verdict
    assert judged_program(name, opening, 0, 0, 0x241) == REFUSE


def test_all_machines_allow_the_same() -> None:
    assert len({tuple(sorted(machine.allowed)) for machine in MACHINES.values()}) == 1
