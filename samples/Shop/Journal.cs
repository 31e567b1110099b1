namespace Shop;

/// <summary>Prints each step with the time since the start.</summary>
internal sealed class Journal(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public void System(string step) => Print("system", step);

    public void Customer(string step) => Print("customer", step);

    public void Worker(string step) => Print("worker", step);

    private void Print(string who, string step) =>
        Console.WriteLine($"{time.GetElapsedTime(_start).TotalSeconds,6:0.00} s  {who,-8}  {step}");
}
